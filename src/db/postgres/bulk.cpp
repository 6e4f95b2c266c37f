#include "db/postgres/bulk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "db/message.hpp"
#include "db/postgres/parameters.hpp"

namespace croft::db::postgres {
namespace {

void append_quoted(std::string& to, std::string_view text) {
    to += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') to += '\\';
        to += c;
    }
    to += '"';
}

/// An element of an array's text, as PostgreSQL's documentation says in section 8.15.6.
void append_element(std::string& to, const value& one, const place& where) {
    if (is_null(one)) {
        to += "NULL";
    } else if (const auto* text = std::get_if<std::string>(&one)) {
        refuse_zero_bytes(*text, where);
        append_quoted(to, *text);
    } else if (std::holds_alternative<bytes>(one) || std::holds_alternative<json_text>(one)) {
        append_quoted(to, text_of(one));
    } else {
        to += text_of(one);
    }
}

/// Different keys give different texts.
std::string key_of(const many_rows& rows, std::size_t row) {
    std::string key;
    for (const auto place : rows.into.key) {
        const auto text = text_of(rows.params[row * rows.width + place]);
        key += fmt::format("{}:{}", text.size(), text);
    }
    return key;
}

bool has_null_key(const many_rows& rows, std::size_t row) {
    return std::ranges::any_of(rows.into.key,
                               [&](std::size_t place) { return is_null(rows.params[row * rows.width + place]); });
}

std::string list(std::size_t count, auto one) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += (i ? ", " : "") + one(i);
    return text;
}

}  // namespace

statement ask_for_types(const insertion& what) {
    std::string names = "{";
    for (const auto& column : what.columns) {
        if (names.size() > 1) names += ',';
        append_quoted(names, column);
    }
    return {
        "SELECT format_type(a.atttypid, NULL) FROM unnest($2::text[]) WITH ORDINALITY AS wanted(name, n) "
        "JOIN pg_attribute a ON a.attrelid = $1::regclass AND a.attname = wanted.name AND NOT a.attisdropped "
        "ORDER BY wanted.n",
        {identifier(what.table), names + "}"}};
}

std::string batch_sql(const insertion& what, const std::vector<std::string>& types) {
    const auto array = [&](std::size_t place) { return fmt::format("${}::{}[]", place + 1, types[place]); };
    const auto width = what.columns.size(), keys = what.key.size();
    const auto insert = fmt::format("INSERT INTO {} ({}) SELECT * FROM unnest({}){}", identifier(what.table),
                                    list(width, [&](std::size_t i) { return identifier(what.columns[i]); }),
                                    list(width, array), what.on_conflict);
    if (keys == 0) return insert + returning_key(what);
    const auto key = list(keys, [](std::size_t i) { return fmt::format("k{}", i + 1); });
    // A full join is hashed or merged; an inner one the planner may loop over, as it takes any array for a short one.
    return fmt::format(
        "WITH written AS ({} RETURNING {}, xmax = 0 AS fresh) SELECT n, fresh "
        "FROM unnest({}) WITH ORDINALITY AS given({}, n) FULL JOIN written USING ({})",
        insert,
        list(keys,
             [&](std::size_t i) { return fmt::format("{} AS k{}", identifier(what.columns[what.key[i]]), i + 1); }),
        list(keys, [&](std::size_t i) { return array(what.key[i]); }), key, key);
}

std::size_t end_of_batch(const many_rows& rows, std::size_t from) {
    const std::size_t limit = std::min(rows.params.size() / rows.width, from + rows_a_batch);
    if (rows.into.key.empty()) return limit;
    std::unordered_set<std::string> seen;
    seen.reserve(limit - from);
    for (std::size_t row = from; row < limit; ++row)
        if (!has_null_key(rows, row) && !seen.insert(key_of(rows, row)).second) return row;
    return limit;
}

std::vector<value> arrays_of(const many_rows& rows, std::size_t from, std::size_t until, const place& where) {
    std::vector<value> arrays;
    arrays.reserve(rows.width);
    for (std::size_t column = 0; column < rows.width; ++column) {
        std::string text = "{";
        for (std::size_t row = from; row < until; ++row) {
            if (row > from) text += ',';
            append_element(text, rows.params[row * rows.width + column], where);
        }
        arrays.emplace_back(std::move(text += '}'));
    }
    return arrays;
}

std::string returning_key(const insertion& what) {
    return what.returning.empty() ? "" : " RETURNING " + identifier(what.returning);
}

void add_keys(std::vector<std::int64_t>& to, const row_set& answer) {
    const auto begin = static_cast<std::ptrdiff_t>(to.size());
    for (std::size_t i = 0; i < answer.size(); ++i) to.push_back(answer.at(i, 0).integer());
    std::ranges::sort(to.begin() + begin, to.end());
}

void note_effects(std::span<row_effect> effects, const many_rows& rows, std::size_t from, const row_set& answer) {
    if (rows.into.key.empty()) {
        std::ranges::fill(effects, row_effect::inserted);
        return;
    }
    for (std::size_t i = 0; i < effects.size(); ++i)  // nothing is in conflict with null, and it equals nothing
        if (has_null_key(rows, from + i)) effects[i] = row_effect::inserted;
    for (std::size_t i = 0; i < answer.size(); ++i) {
        if (answer.at(i, 0).is_null() || answer.at(i, 1).is_null()) continue;
        const auto row = static_cast<std::size_t>(answer.at(i, 0).integer() - 1);
        effects[row] = answer.at(i, 1).integer() ? row_effect::inserted : row_effect::updated;
    }
}

}  // namespace croft::db::postgres
