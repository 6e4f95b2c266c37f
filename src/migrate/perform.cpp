#include "migrate/perform.hpp"

#include <fmt/format.h>

#include <map>

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

task<> perform_one(db::database* base, const step* one, others* kept) {
    switch (one->what) {
        case step::kind::statement:
            co_await base->script(one->text);
            break;
        case step::kind::keep_others:
            co_await kept->keep(one->text);
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
