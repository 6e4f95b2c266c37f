#include "history/check.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "croft/transaction.hpp"
#include "history/history.hpp"
#include "history/triggers.hpp"
#include "model/sql.hpp"

namespace croft::history {

std::vector<std::string> check_report::findings() const {
    std::vector<std::string> all;
    if (!missing.empty())
        all.push_back(fmt::format("changes may go unrecorded, as triggers are missing: {} (migrate makes them)",
                                  fmt::join(missing, ", ")));
    const auto count = [&](std::int64_t number, std::string_view what) {
        if (number > 0) all.push_back(fmt::format("{} {}", number, what));
    };
    count(unrecorded, "rows have no version that holds now");
    count(different, "rows differ from the version that holds now");
    count(vanished, "versions hold now, but their rows are gone");
    count(doubled, "versions hold now beside another one of the same row");
    count(backwards, "versions end before they begin");
    return all;
}

namespace {

/// The statements of check() and repair(), which look for the same things.
class comparing : trigger_parts {
public:
    comparing(const model_info& of, db::engine engine) : trigger_parts(of), engine_(engine) {}

    std::string unrecorded() const {
        return fmt::format("{} t WHERE NOT EXISTS (SELECT 1 FROM {} h WHERE {} AND h.history_to IS NULL)", table,
                           versions, same("h.", "t."));
    }
    std::string different() const {
        return fmt::format("{} t JOIN {} h ON {} AND h.history_to IS NULL WHERE {}", table, versions, same("h.", "t."),
                           differs());
    }
    std::string vanished() const {
        return fmt::format("{} h WHERE h.history_to IS NULL AND NOT EXISTS (SELECT 1 FROM {} t WHERE {})", versions,
                           table, same("t.", "h."));
    }
    std::string doubled() const {
        return fmt::format(
            "{} h WHERE h.history_to IS NULL AND EXISTS (SELECT 1 FROM {} g WHERE {} AND g.history_to IS "
            "NULL AND g.history_id < h.history_id)",
            versions, versions, same("g.", "h."));
    }
    std::string backwards() const { return fmt::format("{} h WHERE h.history_to < h.history_from", versions); }

    /// Versions of what is there now, for the rows named by unrecorded().
    std::string add_present() const {
        return fmt::format("{} SELECT {}, {}, NULL, 'baseline'{} FROM {}", insert_into(), list(model, all, "t."),
                           now_sql(engine_), no_context(), unrecorded());
    }
    std::string add_vanished() const {
        const auto at = engine_ == db::engine::sqlite ? fmt::format("max({}, h.history_from)", now_sql(engine_))
                                                      : fmt::format("greatest({}, h.history_from)", now_sql(engine_));
        return fmt::format("{} SELECT {}, {}, {}, 'delete'{} FROM {}", insert_into(), list(model, all, "h."), at, at,
                           no_context(), vanished());
    }
    /// Ends the versions that aren't true: of vanished rows, or of different ones.
    std::string close(const std::string& which) const {
        const auto at = engine_ == db::engine::sqlite ? fmt::format("max({}, history_from)", now_sql(engine_))
                                                      : fmt::format("greatest({}, history_from)", now_sql(engine_));
        return fmt::format("UPDATE {} SET history_to = {} WHERE history_id IN (SELECT h.history_id FROM {})", versions,
                           at, which);
    }

private:
    std::string same(std::string_view left, std::string_view right) const {
        return each(model, keys, left, "=", right, " AND ");
    }
    std::string differs() const {
        if (tracked.empty()) return "1 = 0";
        return "(" + each(model, tracked, "t.", "IS DISTINCT FROM", "h.", " OR ") + ")";
    }
    static std::string no_context() {
        std::string nulls;
        for (std::size_t i = 0; i < context_columns().size(); ++i) nulls += ", NULL";
        return nulls;
    }
    db::engine engine_;
};

task<std::set<std::string>> triggers_there(const model_info* model) {
    auto& base = db::current();
    const auto rows = co_await base.read(
        base.kind() == db::engine::sqlite
            ? db::statement{"SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN (?1, ?2)",
                            {model->table, model_of(*model).table}}
            : db::statement{"SELECT tgname::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT "
                            "tgisinternal AND tgenabled <> 'D' AND c.relname IN ($1, $2) AND "
                            "pg_table_is_visible(c.oid)",
                            {model->table, model_of(*model).table}});
    std::set<std::string> names;
    for (std::size_t row = 0; row < rows.size(); ++row) names.emplace(rows.at(row, 0).text());
    co_return names;
}

}  // namespace

task<check_report> check(const model_info* model) {
    model_of(*model);
    auto& base = db::current();
    check_report report;
    const auto there = co_await triggers_there(model);
    for (auto& wanted : triggers_of(*model, base.kind()))
        if (wanted.what == model_schema::object::kind::trigger && !there.contains(wanted.name))
            report.missing.push_back(wanted.name);
    const comparing sql(*model, base.kind());
    const std::pair<std::string, std::int64_t*> counts[] = {{sql.unrecorded(), &report.unrecorded},
                                                            {sql.different(), &report.different},
                                                            {sql.vanished(), &report.vanished},
                                                            {sql.doubled(), &report.doubled},
                                                            {sql.backwards(), &report.backwards}};
    std::vector<db::statement> queries;
    for (auto& [from, into] : counts) queries.push_back({"SELECT count(*) FROM " + from, {}});
    const auto answers = co_await base.read(std::move(queries));  // all of the same state
    for (std::size_t i = 0; i < answers.size(); ++i) *counts[i].second = answers[i].at(0, 0).integer();
    co_return report;
}

task<std::int64_t> repair(const model_info* model) {
    model_of(*model);
    auto& base = db::current();
    const comparing sql(*model, base.kind());
    co_return co_await transaction([&]() -> task<std::int64_t> {
        std::int64_t changes = (co_await base.write({sql.add_vanished(), {}})).changes;
        co_await give_permission(model);
        co_await base.write({sql.close(sql.vanished()), {}});
        co_await base.write({sql.close(sql.different()), {}});
        co_await take_permission(model);
        changes += (co_await base.write({sql.add_present(), {}})).changes;
        co_return changes;
    });
}

}  // namespace croft::history
