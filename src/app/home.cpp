#include "app/home.hpp"

#include <fmt/format.h>

#include "app/secret.hpp"
#include "app/task_overview.hpp"
#include "app/version.hpp"
#include "app/wanted_schema.hpp"
#include "croft/query.hpp"
#include "model/sql.hpp"
#include "work/tables.hpp"

namespace croft::app {
namespace {

db::statement count_up_to(const model_info& model, std::int64_t most) {
    return {
        fmt::format("SELECT count(*) FROM (SELECT 1 FROM {} LIMIT {})", model_sql::identifier(model.table), most + 1)};
}

task<std::vector<admin::model_row>> collect_models(db::database* base) {
    std::vector<db::statement> counts;
    const auto own = app_models();
    for (const auto* model : own) counts.push_back(count_up_to(*model, admin::most_counted));
    std::vector<admin::model_row> models;
    if (counts.empty()) co_return models;
    const auto answers = co_await base->read(std::move(counts));
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const auto& model = *own[i];
        const auto rows = answers[i].at(0, 0).integer();
        models.push_back({model.name, model.table, rows > admin::most_counted ? std::nullopt : std::optional(rows),
                          model.has_history});
    }
    co_return models;
}

task<std::vector<admin::run_row>> collect_runs() {
    using work::croft_run;
    std::vector<admin::run_row> runs;
    for (auto& run : co_await query<croft_run>().order_by(f<&croft_run::id>.descending()).limit(20).list()) {
        std::optional<duration> took;
        if (run.started_at && run.finished_at) took = *run.finished_at - *run.started_at;
        runs.push_back({run.id, run.task, run.outcome, run.error.empty() ? run.marks : run.error,
                        run.started_at.value_or(run.scheduled_at), took});
    }
    co_return runs;
}

}  // namespace

task<admin::home_view> collect_home(application* app) {
    admin::home_view view;
    view.program = app->settings().program;
    view.version = version();
    view.database = without_password(app->database().url());
    view.now = now();
    view.graphql = app->graphql().has_queries();
    view.models = co_await collect_models(&app->database());
    for (auto& task : co_await task_overview(app->tasks().tasks(), app->settings().tasks.value))
        view.tasks.push_back({task.name, task.spec, task.next, task.state, task.last_outcome, task.last_started,
                              task.last_error.empty() ? task.last_marks : task.last_error});
    view.runs = co_await collect_runs();
    co_return view;
}

}  // namespace croft::app
