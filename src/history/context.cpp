#include <fmt/format.h>

#include "croft/history.hpp"
#include "history/columns.hpp"
#include "history/history.hpp"
#include "runtime/loop.hpp"
#include "runtime/run_info.hpp"

namespace croft {

namespace {

/// The task's run with what `change` says on top, for the tasks and transactions that begin from here.
std::shared_ptr<work::run_info> noted(const std::shared_ptr<work::run_info>& before, change_context&& change) {
    auto made = before ? std::make_shared<work::run_info>(*before) : std::make_shared<work::run_info>();
    const auto take = [](std::string& into, std::string&& from) {
        if (!from.empty()) into = std::move(from);
    };
    take(made->note, std::move(change.note));
    take(made->user, std::move(change.user));
    take(made->request, std::move(change.request));
    take(made->data, std::move(change.data));
    return made;
}

}  // namespace

change_note::change_note(std::string note) : change_note(change_context{.note = std::move(note)}) {}

change_note::change_note(change_context change) : before_(runtime::locals().run), target_(&runtime::locals()) {
    target_->run = noted(before_, std::move(change));
}

change_note::~change_note() { target_->run = std::move(before_); }

namespace history {

model_schema::object context_table() {
    using model_schema::object;
    return {object::kind::table, "croft_context", "croft_context",
            "CREATE TABLE croft_context (only_one INTEGER PRIMARY KEY CHECK (only_one = 1), at TEXT, run INTEGER, task "
            "TEXT, user TEXT, request TEXT, note TEXT, data TEXT, retention TEXT) STRICT"};
}

namespace {

/// The context of the running task, in the order of context_columns().
std::vector<value> context_values() {
    const auto& run = runtime::locals().run;
    if (!run) return std::vector<value>(context_columns().size());
    const auto text = [](const std::string& s) { return s.empty() ? value{} : value(s); };
    return {run->id ? value(run->id) : value{},
            text(run->task),
            text(run->user),
            text(run->request),
            text(run->note),
            text(run->data)};
}

db::statement sqlite_context() {
    std::string columns = "only_one, at", places = "1, ?1";
    std::vector<value> params{now()};
    for (auto& one : context_values()) {
        columns += fmt::format(", {}", context_columns()[params.size() - 1].context);
        params.push_back(std::move(one));
        places += fmt::format(", ?{}", params.size());
    }
    return {fmt::format("INSERT OR REPLACE INTO croft_context ({}) VALUES ({})", columns, places), std::move(params)};
}

/// Settings that end with the transaction. They are texts, and empty is none.
db::statement postgres_context() {
    std::string calls = "set_config('croft.at', $1, true)";
    std::vector<value> params{to_text(now())};
    for (auto& one : context_values()) {
        const auto name = context_columns()[params.size() - 1].context;
        if (auto* number = std::get_if<std::int64_t>(&one)) one = std::to_string(*number);
        params.push_back(is_null(one) ? value(std::string()) : std::move(one));
        calls += fmt::format(", set_config('croft.{}', ${}, true)", name, params.size());
    }
    return {"SELECT " + calls, std::move(params)};
}

}  // namespace

db::statement context_statement(db::engine engine) {
    return engine == db::engine::sqlite ? sqlite_context() : postgres_context();
}

void attach(db::database& base) {
    const auto engine = base.kind();
    std::vector<db::statement> at_the_end;
    if (engine == db::engine::sqlite) at_the_end.push_back({"DELETE FROM croft_context", {}});
    base.set_context([engine] { return std::vector<db::statement>{context_statement(engine)}; }, std::move(at_the_end));
}

namespace {

task<> set_permission(std::string table) {
    auto& base = db::current();
    if (base.kind() == db::engine::sqlite)
        co_await base.write(
            {"UPDATE croft_context SET retention = ?1", {table.empty() ? value{} : value(std::move(table))}});
    else
        co_await base.write({"SELECT set_config('croft.retention', $1, true)", {std::move(table)}});
}

}  // namespace

task<> give_permission(const model_info* model) { return set_permission(model_of(*model).table); }
task<> take_permission(const model_info*) { return set_permission(""); }

std::string_view now_sql(db::engine engine) {
    if (engine == db::engine::postgres)
        return "coalesce(nullif(current_setting('croft.at', true), '')::timestamptz, now())";
    return "coalesce((SELECT at FROM croft_context), strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z')";
}

}  // namespace history
}  // namespace croft
