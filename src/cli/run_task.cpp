#include "cli/run_task.hpp"

#include <fmt/format.h>

#include "app/application.hpp"
#include "app/stop_signals.hpp"

namespace croft::cli {
namespace {

/// Nothing else runs meanwhile. A signal cancels the run, which is stored as such.
task<work::run_outcome> run_one(app::config settings, std::string name, json with) {
    settings.tasks = {"none", "tasks run"};
    app::stop_signals signals;
    app::application app(std::move(settings));
    co_await app.open();
    co_await app.migrate();
    co_await app.schedule();
    group watching;
    watching.spawn([&]() -> task<> {
        co_await signals.asked().wait();
        co_await app.tasks().stop(0s);  // the run ends as cancelled
    });
    auto outcome = co_await app.tasks().run_now(std::move(name), std::move(with));
    watching.cancel();
    co_await watching.wait();
    co_await app.stop();
    co_return outcome;
}

}  // namespace

void run_here(const context& now, const std::string& name, json with) {
    const auto outcome = croft::run(run_one(now.settings, name, std::move(with)));
    if (!outcome.ok()) throw command_error(fmt::format("{}: {}: {}", name, outcome.outcome, outcome.error));
    const auto took = outcome.finished_at - outcome.started_at;
    fmt::print("{}: ok, run {}, {:.1f} s\n", name, outcome.run, static_cast<double>(took.count()) / 1e6);
}

}  // namespace croft::cli
