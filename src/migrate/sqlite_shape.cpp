#include <algorithm>

#include "migrate/shape.hpp"

namespace croft::migrations::detail {
namespace {

/// The index after the quoted text or comment that starts at `i`; `i` itself where none does.
std::size_t skip_quoted(std::string_view sql, std::size_t i) {
    const char open = sql[i];
    if (open == '-' && sql.substr(i, 2) == "--") return std::min(sql.find('\n', i), sql.size());
    if (open == '/' && sql.substr(i, 2) == "/*") return std::min(sql.find("*/", i + 2), sql.size() - 2) + 2;
    const char close = open == '[' ? ']' : open;
    if (open != '\'' && open != '"' && open != '`' && open != '[') return i;
    for (++i; i < sql.size(); ++i) {
        if (sql[i] != close) continue;
        if (close != ']' && i + 1 < sql.size() && sql[i + 1] == close)
            ++i;  // doubled: part of the text
        else
            return i + 1;
    }
    return sql.size();
}

/// The parenthesis at `open` with what it holds; `end` is set behind it.
std::string_view parenthesis(std::string_view sql, std::size_t open, std::size_t& end) {
    int depth = 0;
    for (std::size_t i = open; i < sql.size();) {
        if (const auto next = skip_quoted(sql, i); next != i) {
            i = next;
            continue;
        }
        if (sql[i] == '(') ++depth;
        if (sql[i] == ')' && --depth == 0) {
            end = i + 1;
            return sql.substr(open + 1, i - open - 1);
        }
        ++i;
    }
    end = sql.size();
    return sql.substr(open);
}

char upper(char c) { return static_cast<char>(std::toupper(static_cast<unsigned char>(c))); }

bool same_word(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, {}, upper); }

bool in_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

/// The index behind the next such word (in capitals) from `i` on, in whatever case, that is no part of a text or a
/// comment.
std::size_t behind_word(std::string_view sql, std::string_view wanted, std::size_t i) {
    while (i < sql.size()) {
        if (const auto next = skip_quoted(sql, i); next != i) {
            i = next;
        } else if (!in_word(sql[i])) {
            ++i;
        } else {
            const auto start = i;
            while (i < sql.size() && in_word(sql[i])) ++i;
            if (same_word(sql.substr(start, i - start), wanted)) return i;
        }
    }
    return sql.npos;
}

/// The conditions of all CHECK (…) in a CREATE TABLE: SQLite has no other way to tell them.
std::vector<std::string> checks_in(std::string_view sql) {
    std::vector<std::string> found;
    for (auto i = behind_word(sql, "CHECK", 0); i != sql.npos; i = behind_word(sql, "CHECK", i)) {
        const auto open = sql.find('(', i);
        if (open == sql.npos) break;
        found.emplace_back(parenthesis(sql, open, i));
    }
    std::ranges::sort(found);
    return found;
}

/// The condition of a CREATE INDEX; empty: it has none.
std::string condition_in(std::string_view sql) {
    const auto where = behind_word(sql, "WHERE", 0);
    if (where == sql.npos) return {};
    return std::string(sql.substr(std::min(sql.find_first_not_of(" \t\r\n", where), sql.size())));
}

/// The name at the head of a column's definition, and where it ends.
std::string name_at(std::string_view definition, std::size_t& end) {
    end = definition.empty() ? 0 : skip_quoted(definition, 0);
    if (end == 0) {
        while (end < definition.size() && in_word(definition[end])) ++end;
        return std::string(definition.substr(0, end));
    }
    std::string name;
    const char close = definition[end - 1];
    for (std::size_t i = 1; i + 1 < end; ++i) {
        name += definition[i];
        if (definition[i] == close) ++i;  // doubled: once
    }
    return name;
}

std::string text(const db::row_set& rows, std::size_t row, std::size_t column) {
    const auto cell = rows.at(row, column);
    return cell.is_null() ? std::string() : std::string(cell.text());
}

const char* const queries[] = {
    "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    "SELECT m.name, c.name, c.type, c.\"notnull\", c.dflt_value, c.pk, c.hidden FROM sqlite_master m, "
    "pragma_table_xinfo(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
    "ORDER BY m.name, c.cid",
    "SELECT m.name, f.id, f.\"table\", f.\"from\", f.\"to\", f.on_delete, count(*) OVER (PARTITION BY m.name, f.id) "
    "FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table' ORDER BY m.name, f.id, f.seq",
    "SELECT m.name, i.name, i.\"unique\", i.origin, c.name, c.\"desc\", coalesce(x.sql, '') FROM sqlite_master m, "
    "pragma_index_list(m.name) i, pragma_index_xinfo(i.name) c LEFT JOIN sqlite_master x ON x.type = 'index' AND "
    "x.name = i.name WHERE m.type = 'table' AND c.key = 1 AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
    "ORDER BY m.name, i.name, c.seqno",
    "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'",
};

void add_tables(shape& to, const db::row_set& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto sql = text(rows, i, 1);
        auto& made = to[text(rows, i, 0)];
        made.checks = checks_in(sql);
        made.counts_keys = !std::ranges::search(sql, std::string_view("AUTOINCREMENT"), {}, upper).empty();
    }
}

void add_columns(shape& to, const db::row_set& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto& in = to[text(rows, i, 0)];
        column_shape made{.name = text(rows, i, 1), .type = text(rows, i, 2), .initial = text(rows, i, 4)};
        made.not_null = rows.at(i, 3).integer() != 0;
        made.key = static_cast<int>(rows.at(i, 5).integer());
        made.generated = rows.at(i, 6).integer() != 0;
        in.columns.push_back(std::move(made));
    }
}

void add_references(shape& to, const db::row_set& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto& in = to[text(rows, i, 0)];
        if (rows.at(i, 6).integer() > 1) {
            in.others.push_back("a reference to " + text(rows, i, 2) + " over several columns");
            continue;
        }
        const auto at = std::ranges::find(in.columns, text(rows, i, 3), &column_shape::name);
        if (at == in.columns.end()) continue;
        at->target = text(rows, i, 2);
        at->target_column = text(rows, i, 4);
        at->on_delete = text(rows, i, 5);
    }
}

void add_indexes(shape& to, const db::row_set& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (text(rows, i, 3) == "pk") continue;
        auto& made = to[text(rows, i, 0)].indexes[text(rows, i, 1)];
        made.table = text(rows, i, 0);
        made.unique = rows.at(i, 2).integer() != 0;
        made.parts.emplace_back(text(rows, i, 4), rows.at(i, 5).integer() != 0);
        made.text = text(rows, i, 6);
        made.where = condition_in(made.text);
    }
}

}  // namespace

std::string column_in(std::string_view create_table, std::string_view column) {
    std::size_t end = 0;
    const auto lines = parenthesis(create_table, create_table.find('('), end);
    for (std::size_t start = 0; start < lines.size();) {
        std::size_t at = start;
        for (std::size_t past = 0; at < lines.size() && lines[at] != ',';) {
            if (const auto next = skip_quoted(lines, at); next != at)
                at = next;
            else if (lines[at] == '(')
                parenthesis(lines, at, past), at = past;
            else
                ++at;
        }
        auto line = lines.substr(start, at - start);
        line.remove_prefix(std::min(line.find_first_not_of(" \t\r\n"), line.size()));
        if (name_at(line, end) == column) return std::string(line);
        start = at + 1;
    }
    return {};
}

task<shape> read_shape_sqlite(db::database* base) {
    std::vector<db::statement> all;
    for (const auto* query : queries) all.push_back({query});
    const auto answers = co_await base->read(std::move(all));
    shape found;
    add_tables(found, answers[0]);
    add_columns(found, answers[1]);
    add_references(found, answers[2]);
    add_indexes(found, answers[3]);
    for (std::size_t i = 0; i < answers[4].size(); ++i)
        found[text(answers[4], i, 0)].triggers[text(answers[4], i, 1)] = text(answers[4], i, 2);
    co_return found;
}

}  // namespace croft::migrations::detail
