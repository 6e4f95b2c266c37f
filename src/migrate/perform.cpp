#include "migrate/perform.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "migrate/shape.hpp"
#include "model/sql.hpp"
#include "runtime/loop.hpp"

namespace croft::migrations {
namespace {

/// Indexes and triggers of others, by the table that is made anew under them.
class others {
public:
    explicit others(db::database* base) : base_(base) {}

    task<> keep(std::string table) { kept_[table] = co_await base_->read(list(table)); }
    task<> restore(std::string table) {
        const auto now = co_await base_->read(list(table));
        const auto& before = kept_.at(table);
        for (std::size_t i = 0; i < before.size(); ++i) {
            bool there = false;
            for (std::size_t j = 0; j < now.size(); ++j) there |= now.at(j, 0).text() == before.at(i, 0).text();
            if (!there) co_await base_->script(std::string(before.at(i, 1).text()));
        }
    }

private:
    static db::statement list(const std::string& table) {
        return {
            "SELECT name, sql FROM sqlite_master WHERE tbl_name = ?1 AND type IN ('index', 'trigger') AND sql IS NOT "
            "NULL",
            {table}};
    }
    db::database* base_;
    std::map<std::string, db::row_set> kept_;
};

struct foreign_columns {
    std::vector<std::string> definitions;
    std::string list;  // of those that hold values: "a", "b"
    std::string keys;  // old."id" = new."id"
};

/// Those of a table that its migrations don't know.
task<foreign_columns> columns_of_others(db::database* base, std::string table, names known) {
    const auto rows = co_await base->read(db::statement{
        "SELECT c.name, m.sql, c.hidden, c.pk FROM sqlite_master m, pragma_table_xinfo(m.name) c WHERE m.type = "
        "'table' AND m.name = ?1 ORDER BY c.cid",
        {table}});
    foreign_columns found;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::string name(rows.at(i, 0).text());
        const auto quoted = model_sql::identifier(name);
        if (rows.at(i, 3).integer() > 0)
            found.keys += fmt::format("{}old.{} = new.{}", found.keys.empty() ? "" : " AND ", quoted, quoted);
        if (std::ranges::find(known, name) != known.end()) continue;
        found.definitions.push_back(detail::column_in(rows.at(i, 1).text(), name));
        const bool computed = rows.at(i, 2).integer() != 0;
        if (!computed) found.list += (found.list.empty() ? "" : ", ") + quoted;
    }
    co_return found;
}

task<> carry_others(db::database* base, const step* one) {
    const auto found = co_await columns_of_others(base, one->text, one->columns);
    const auto from = model_sql::identifier(one->text);
    const auto to = model_sql::identifier(detail::temporary_name(one->text));
    std::string at;
    try {
        for (auto& definition : found.definitions) {
            at = definition;
            co_await base->script(fmt::format("ALTER TABLE {} ADD COLUMN {}", to, definition));
        }
        if (!found.list.empty())
            co_await base->script(fmt::format("UPDATE {} AS new SET ({}) = (SELECT {} FROM {} AS old WHERE {})", to,
                                              found.list, found.list, from, found.keys));
    } catch (const std::exception& why) {
        std::throw_with_nested(error(fmt::format(
            "the table {} is made anew, and its column {}, which isn't in the models, can't come along ({}): bring it "
            "into the models, or drop it with sql() before",
            one->text, at, why.what())));
    }
}

task<> perform_one(db::database* base, const step* one, others* kept) {
    switch (one->what) {
        case step::kind::statement:
            co_await base->script(one->text);
            break;
        case step::kind::keep_others:
            co_await kept->keep(one->text);
            break;
        case step::kind::carry_others:
            co_await carry_others(base, one);
            break;
        case step::kind::restore_others:
            co_await kept->restore(one->text);
            break;
        case step::kind::data:
            co_await one->work(rows_access(base));
            break;
    }
}

std::string first_line(const std::string& text) {
    const auto end = text.find('\n');
    return end == text.npos ? text : text.substr(0, end) + " …";
}

}  // namespace

task<> perform(db::database* base, std::vector<step> steps, std::string title) {
    const runtime::scoped_local<db::database*> here(&runtime::inherited::database, base);
    others kept(base);
    for (const auto& one : steps) try {
            co_await perform_one(base, &one, &kept);
        } catch (const std::exception& why) {
            std::throw_with_nested(error(fmt::format("{0}: {1}; nothing of {0} was done. The step was: {2}", title,
                                                     why.what(), first_line(to_text(one)))));
        }
}

namespace {

/// ?1 as the engine writes it, outside of quoted text.
std::string with_placeholders(std::string sql, db::engine engine) {
    if (engine == db::engine::sqlite) return sql;
    char quote = 0;
    for (std::size_t i = 0; i < sql.size(); ++i) {
        if (quote)
            quote = sql[i] == quote ? 0 : quote;
        else if (sql[i] == '\'' || sql[i] == '"')
            quote = sql[i];
        else if (sql[i] == '?' && i + 1 < sql.size() && sql[i + 1] >= '1' && sql[i + 1] <= '9')
            sql[i] = '$';
    }
    return sql;
}

}  // namespace

task<std::vector<std::vector<value>>> rows_access::read(std::string query, std::vector<value> params) const {
    auto* base = static_cast<db::database*>(database_);
    const auto rows =
        co_await base->read(db::statement{with_placeholders(std::move(query), base->kind()), std::move(params)});
    std::vector<std::vector<value>> out(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row)
        for (std::size_t i = 0; i < rows.width(); ++i) out[row].push_back(rows.at(row, i).to_value());
    co_return out;
}

task<std::int64_t> rows_access::write(std::string change, std::vector<value> params) const {
    auto* base = static_cast<db::database*>(database_);
    const auto done = co_await base->write({with_placeholders(std::move(change), base->kind()), std::move(params)});
    co_return done.changes;
}

}  // namespace croft::migrations
