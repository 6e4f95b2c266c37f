#include <fmt/format.h>

#include <algorithm>

#include "croft/transaction.hpp"
#include "migrate/shape.hpp"

namespace croft::migrations::detail {
namespace {

const char* const queries[] = {
    // tables and columns
    R"(SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
  coalesce(pg_get_expr(d.adbin, d.adrelid), ''), coalesce(array_position(k.conkey, a.attnum), 0),
  a.attidentity <> '' OR coalesce(pg_get_expr(d.adbin, d.adrelid), '') LIKE 'nextval(%', a.attgenerated <> ''
FROM pg_class c
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'p'
WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind IN ('r', 'p') ORDER BY c.relname, a.attnum)",
    // references
    R"(SELECT c.relname, t.relname, cardinality(k.conkey),
  (SELECT attname FROM pg_attribute WHERE attrelid = k.conrelid AND attnum = k.conkey[1]),
  (SELECT attname FROM pg_attribute WHERE attrelid = k.confrelid AND attnum = k.confkey[1]),
  CASE k.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' WHEN 'r' THEN 'RESTRICT'
    ELSE 'NO ACTION' END
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid
WHERE k.contype = 'f' AND c.relnamespace = quote_ident(current_schema())::regnamespace ORDER BY k.conname)",
    // indexes
    R"(SELECT c.relname, i.relname, x.indisunique, coalesce(a.attname, ''), (x.indoption[p.n - 1] & 1) = 1,
  coalesce(pg_get_expr(x.indpred, x.indrelid), ''),
  replace(pg_get_indexdef(x.indexrelid), quote_ident(current_schema()) || '.', ''), x.indisvalid
FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
CROSS JOIN LATERAL generate_series(1, x.indnkeyatts) p(n)
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = x.indkey[p.n - 1] AND a.attnum > 0
WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND NOT x.indisprimary ORDER BY c.relname, i.relname, p.n)",
    // triggers, with the functions they call
    R"(SELECT c.relname, t.tgname, p.prosrc
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND NOT t.tgisinternal)",
    // checks
    R"(SELECT c.relname, pg_get_expr(k.conbin, k.conrelid) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE k.contype = 'c' AND c.relnamespace = quote_ident(current_schema())::regnamespace)",
};

std::string text(const db::row_set& rows, std::size_t row, std::size_t column) {
    const auto cell = rows.at(row, column);
    return cell.is_null() ? std::string() : std::string(cell.text());
}
/// pg_get_expr() puts a condition into parentheses.
std::string condition(const db::row_set& rows, std::size_t row, std::size_t column) {
    auto sql = text(rows, row, column);
    int depth = 0;
    for (std::size_t i = 0; i < sql.size(); ++i) {
        if (sql[i] == '(') ++depth;
        if (sql[i] == ')') --depth;
        if (depth == 0 && i + 1 < sql.size()) return sql;  // the first one ends before the end: (a) OR (b)
    }
    return sql.size() > 1 ? sql.substr(1, sql.size() - 2) : sql;
}
bool truth(const db::row_set& rows, std::size_t row, std::size_t column) { return rows.at(row, column).integer() != 0; }

void add_columns(shape& to, const db::row_set& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto& in = to[text(rows, i, 0)];
        if (rows.at(i, 1).is_null()) continue;  // a table without columns
        column_shape made{.name = text(rows, i, 1), .type = text(rows, i, 2), .initial = text(rows, i, 4)};
        made.not_null = truth(rows, i, 3);
        made.key = static_cast<int>(rows.at(i, 5).integer());
        made.generated = truth(rows, i, 7);
        if (truth(rows, i, 6)) {
            in.counts_keys |= made.key > 0;
            made.initial.clear();
        }
        in.columns.push_back(std::move(made));
    }
}

void add_references(shape& to, const db::row_set& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto& in = to[text(rows, i, 0)];
        if (rows.at(i, 2).integer() > 1) {
            in.others.push_back("a reference to " + text(rows, i, 1) + " over several columns");
            continue;
        }
        const auto at = std::ranges::find(in.columns, text(rows, i, 3), &column_shape::name);
        if (at == in.columns.end()) continue;
        at->target = text(rows, i, 1);
        at->target_column = text(rows, i, 4);
        at->on_delete = text(rows, i, 5);
    }
}

void add_indexes(shape& to, const db::row_set& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto& made = to[text(rows, i, 0)].indexes[text(rows, i, 1)];
        made.table = text(rows, i, 0);
        made.unique = truth(rows, i, 2);
        made.parts.emplace_back(text(rows, i, 3), truth(rows, i, 4));
        made.where = condition(rows, i, 5);
        made.text = text(rows, i, 6);
        if (!truth(rows, i, 7)) made.text += " INVALID";  // it was being made concurrently, and something came between
    }
}

}  // namespace

task<shape> read_shape_postgres(db::database* base) {
    std::vector<db::statement> all;
    for (const auto* query : queries) all.push_back({query});
    const auto answers = co_await base->read(std::move(all));
    shape found;
    add_columns(found, answers[0]);
    add_references(found, answers[1]);
    add_indexes(found, answers[2]);
    for (std::size_t i = 0; i < answers[3].size(); ++i)
        found[text(answers[3], i, 0)].triggers[text(answers[3], i, 1)] = text(answers[3], i, 2);
    for (std::size_t i = 0; i < answers[4].size(); ++i)
        found[text(answers[4], i, 0)].checks.push_back(condition(answers[4], i, 1));
    for (auto& [name, one] : found) std::ranges::sort(one.checks);
    co_return found;
}

namespace {

struct not_kept {};  // thrown to undo what was made for a look only

}  // namespace

task<shape> shape_in_schema_postgres(db::database* base, std::string sql) {
    shape found;
    std::function<task<>()> body = [&]() -> task<> {
        const auto right =
            co_await base->read({"SELECT has_database_privilege(current_database(), 'CREATE'), "
                                 "quote_ident(current_database()), quote_ident(current_user)"});
        if (!truth(right, 0, 0))
            throw error(fmt::format(
                "{}: to compare tables, they are made in a schema croft_shape and taken back, and this role "
                "may make no schema: GRANT CREATE ON DATABASE {} TO {}",
                base->url(), text(right, 0, 1), text(right, 0, 2)));
        co_await base->script("CREATE SCHEMA croft_shape; SET LOCAL search_path TO croft_shape");
        co_await base->script(std::move(sql));
        found = co_await read_shape_postgres(base);
        throw not_kept();
    };
    try {
        co_await base->transaction(body);
    } catch (const not_kept&) {
    }
    co_return found;
}

}  // namespace croft::migrations::detail
