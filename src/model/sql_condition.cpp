#include <fmt/format.h>

#include <algorithm>

#include "model/sql.hpp"
#include "text/json_write.hpp"
#include "text/regex.hpp"

namespace croft::model_sql {

namespace {

constexpr std::string_view symbols[] = {" = ", " <> ", " < ", " <= ", " > ", " >= "};

/// How many values every SQLite and PostgreSQL takes in one statement.
constexpr std::size_t most_bound = 32'766;

bool orders(comparison how) { return how >= comparison::less && how <= comparison::greater_equal; }

std::string like_pattern(std::string_view text, bool open_start, bool open_end) {
    std::string out = open_start ? "%" : "";
    for (char c : text) {
        if (c == '%' || c == '_' || c == '\\') out += '\\';
        out += c;
    }
    return open_end ? out + '%' : out;
}

/// The elements of a list of such values, as PostgreSQL names their type; nothing where no text says them exactly on
/// both engines.
std::string_view listed_as(const value& v) {
    constexpr std::string_view names[] = {"",     "boolean", "bigint",  "",     "text", "", "timestamptz",
                                          "date", "bigint",  "numeric", "uuid", ""};  // the order of croft::value
    return names[v.index()];
}

bool is_listable(const std::vector<value>& values) {
    const auto same = [&](const value& v) { return v.index() == values.front().index(); };
    return values.size() > 1 && !listed_as(values.front()).empty() && std::ranges::all_of(values, same);
}

/// As the engine stores it: a number, or a text.
value in_list(const value& v, db::engine engine) {
    if (const auto* yes = std::get_if<bool>(&v)) return std::int64_t{*yes};
    if (const auto* length = std::get_if<duration>(&v)) return std::int64_t{length->count()};
    const auto* number = std::get_if<decimal_value>(&v);
    if (number && engine == db::engine::sqlite) return number->units;
    if (std::holds_alternative<std::int64_t>(v) || std::holds_alternative<std::string>(v)) return v;
    return to_text(v);
}

/// {1,2} or {"a","b"}: an array as PostgreSQL reads it.
void append_array_text(std::string& list, std::string_view text) {
    list += '"';
    for (char c : text) {
        if (c == '"' || c == '\\') list += '\\';
        list += c;
    }
    list += '"';
}

std::string list_of(const std::vector<value>& values, db::engine engine) {
    const bool sqlite = engine == db::engine::sqlite;
    std::string list = sqlite ? "[" : "{";
    for (const auto& v : values) {
        if (list.size() > 1) list += ',';
        const auto element = in_list(v, engine);
        if (const auto* number = std::get_if<std::int64_t>(&element))
            text::append_json_integer(list, *number);
        else
            (sqlite ? text::append_json_string : append_array_text)(list, std::get<std::string>(element));
    }
    return list + (sqlite ? ']' : '}');
}

}  // namespace

std::optional<value> list_parameter(const std::vector<value>& values, db::engine engine) {
    if (!is_listable(values)) return std::nullopt;
    return list_of(values, engine);
}

void scope::write(const condition& c) {
    switch (c.what()) {
        case condition::kind::always:
            out_ << "true";
            return;
        case condition::kind::compare:
            return c.other() ? write_two(c) : write_comparison(c);
        case condition::kind::related:
            return write_related(c);
        case condition::kind::in_query:
            write(c.left());
            out_ << " IN (";
            write_select(out_, c.rows());
            out_ << ")";
            return;
        case condition::kind::negation:
            return write_negation(c);
        case condition::kind::all_of:
        case condition::kind::any_of:
            return write_joined(c.parts(), c.what() == condition::kind::all_of ? " AND " : " OR ");
    }
}

/// SQLite's expressions are at most 1,000 deep, and a row of ORs is as deep as it is long: halves of it aren't.
void scope::write_joined(std::span<const condition> parts, std::string_view word) {
    constexpr std::size_t longest = 100;
    if (parts.size() > longest) {
        const auto half = parts.size() / 2;
        out_ << "(";
        write_joined(parts.first(half), word);
        (out_ << ")" << word) << "(";
        write_joined(parts.subspan(half), word);
        out_ << ")";
        return;
    }
    for (std::size_t i = 0; i < parts.size(); ++i) {
        out_ << (i ? word : std::string_view{}) << "(";
        write(parts[i]);
        out_ << ")";
    }
}

/// "is not true", so that not(x) holds where x is null.
void scope::write_negation(const condition& c) {
    const auto& inner = c.parts().front();
    if (inner.what() == condition::kind::negation) return write(inner.parts().front());  // null counts as false anyway
    if (inner.what() == condition::kind::related) {
        out_ << "NOT ";
        return write_related(inner);
    }
    if (inner.what() == condition::kind::compare && inner.how() == comparison::is_null) {
        write(inner.left());
        out_ << " IS NOT NULL";
        return;
    }
    out_ << "(";
    write(inner);
    out_ << ") IS NOT TRUE";
}

void scope::write_related(const condition& c) {
    const auto& through = c.through();
    scope inside(out_, *through.model, as_of_);
    inside.needs(c.parts().front());
    out_ << "EXISTS (SELECT 1 FROM ";
    inside.write_from();
    out_ << " WHERE ";
    inside.write(path{through.model, {through.field}});
    out_ << " = ";
    write_key(through.from);
    if (c.parts().front().what() != condition::kind::always) {
        out_ << " AND (";
        inside.write(c.parts().front());
        out_ << ")";
    }
    out_ << ")";
}

void scope::write_two(const condition& c) {
    const auto& right = *c.other();
    const bool mixed = (c.left().type() == field_type::real) != (right.type() == field_type::real);
    const auto side = [&](const expression& e) {
        if (orders(c.how()) && e.is_text()) return write_ordered(e);
        const bool convert = mixed && e.type() != field_type::real;
        if (convert && out_.sqlite()) out_ << "CAST(";
        write(e);
        if (convert) out_ << (out_.sqlite() ? " AS REAL)" : "::float8");
    };
    side(c.left());
    if (c.how() == comparison::not_equal)
        out_ << " IS DISTINCT FROM ";
    else if (c.how() == comparison::equal && c.left().nullable() && right.nullable())
        out_ << " IS NOT DISTINCT FROM ";
    else
        out_ << symbols[static_cast<std::size_t>(c.how())];
    side(right);
}

void scope::write_comparison(const condition& c) {
    switch (c.how()) {
        case comparison::is_null:
            write(c.left());
            out_ << " IS NULL";
            return;
        case comparison::in:
            return write_in(c);
        case comparison::not_equal:  // as in C++: a null is different from any value
            write(c.left());
            out_ << " IS DISTINCT FROM ";
            break;
        case comparison::equal:
            write(c.left());
            out_ << " = ";
            break;
        case comparison::less:
        case comparison::less_equal:
        case comparison::greater:
        case comparison::greater_equal:
            write_ordered(c.left());
            out_ << symbols[static_cast<std::size_t>(c.how())];
            break;
        default:
            return write_search(c);
    }
    out_.bind(c.right().front());
}

/// One of several values. They go in as one list where they can, so that the statement stays prepared however many
/// there are.
void scope::write_in(const condition& c) {
    if (c.right().empty()) {
        out_ << "false";
        return;
    }
    write(c.left());
    if (c.right().size() == 1) {
        out_ << " = ";
        out_.bind(c.right().front());
        return;
    }
    if (auto list = list_parameter(c.right(), out_.engine())) {
        out_ << (out_.sqlite() ? " IN (SELECT value FROM json_each(" : " = ANY (");
        out_.bind(std::move(*list));
        if (out_.sqlite())
            out_ << "))";
        else
            out_ << "::text::" << listed_as(c.right().front()) << "[])";
        return;
    }
    if (c.right().size() > most_bound)
        throw error(fmt::format("{}: a list of {} values of this type is too long: at most {} can be asked for at once",
                                c.left().describe(), c.right().size(), most_bound));
    out_ << " IN (";
    for (std::size_t i = 0; i < c.right().size(); ++i) (i ? out_ << ", " : out_).bind(c.right()[i]);
    out_ << ")";
}

void scope::write_search(const condition& c) {
    const auto& text = std::get<std::string>(c.right().front());
    const bool whole = c.how() == comparison::iequal;
    const bool start = !whole && c.how() != comparison::starts_with && c.how() != comparison::istarts_with;
    const bool end = !whole && c.how() != comparison::ends_with && c.how() != comparison::iends_with;
    const bool folds = c.how() >= comparison::icontains && c.how() != comparison::matches;
    const bool sqlite = out_.sqlite();
    if (c.how() == comparison::matches || c.how() == comparison::imatches) {
        if (sqlite) out_ << (folds ? "croft_imatches(" : "croft_matches(");
        write_ordered(c.left());
        out_ << (sqlite ? ", " : folds ? " ~* " : " ~ ");
        out_.bind(sqlite ? text : text::regex::checked(text).pattern()) << (sqlite ? ")" : "");
    } else if (folds || !sqlite) {  // by the C collation: only ASCII letters have a case, as with SQLite's LIKE
        write_ordered(c.left());
        out_ << (folds && !sqlite ? " ILIKE " : " LIKE ");
        out_.bind(like_pattern(text, start, end)) << " ESCAPE '\\'";
    } else if (text.empty()) {  // in every text; substr(x, -0) would be x
        write(c.left());
        out_ << " IS NOT NULL";
    } else if (start && end) {  // SQLite's LIKE ignores case: functions that don't
        out_ << "instr(";
        write(c.left());
        out_ << ", ";
        out_.bind(text) << ") > 0";
    } else {
        out_ << "substr(";
        write(c.left());
        out_ << (end ? ", 1, length(" : ", -length(");
        out_.bind(text) << ")) = ";
        out_.bind(text);
    }
}

}  // namespace croft::model_sql
