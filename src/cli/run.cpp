#include <fmt/format.h>

#include <cstdio>

#include "app/application.hpp"
#include "app/stop_signals.hpp"
#include "cli/commands.hpp"
#include "croft/log.hpp"
#include "croft/model_info.hpp"

namespace croft::cli {
namespace {

constexpr duration grace = 10s;

/// "items.db" for "sqlite:items.db": what a shell can open.
std::string database_file(const std::string& url) { return url.starts_with("sqlite:") ? url.substr(7) : url; }

/// An example of `history` with the first model that has one.
std::string history_example(const std::string& program) {
    for (const auto* model : all_models())
        if (model->has_history) return fmt::format("{} history {} KEY", program, model->name);
    return {};
}

void say_where_to_look(app::application& app) {
    const auto& settings = app.settings();
    const auto& program = settings.program;
    fmt::print("\n{} serves {}/\n", program, app.url());
    if (app.graphql().has_queries()) fmt::print("  GraphiQL    {}/graphql\n", app.url());
    fmt::print("  database    {}\n", database_file(app.database().url()));
    fmt::print("  try         {0} tasks   {0} check   {1}\n", program, history_example(program));
    fmt::print("  Ctrl-C ends it.\n\n");
    std::fflush(stdout);
}

/// Says it once more when the first work is done: its log has carried the first time away.
task<> say_again_when_quiet(app::application* app) {
    for (bool worked = false;; worked = true) {
        co_await sleep(1s);
        const auto busy = co_await app->database().read({"SELECT 1 FROM croft_run WHERE outcome = 'running' LIMIT 1"});
        if (!busy.empty()) continue;
        if (worked) say_where_to_look(*app);
        co_return;
    }
}

task<> serve_until_asked_to_stop(const app::config* settings) {
    app::stop_signals signals;
    app::application app(*settings);
    runtime::outcome<void> told;  // whatever comes of it: it is no reason to end
    co_await app.start();
    say_where_to_look(app);
    group telling;
    telling.spawn(runtime::settle_into(say_again_when_quiet(&app), &told, nullptr));
    co_await signals.asked().wait();
    telling.cancel();
    co_await telling.wait();
    log::info("stopping: running tasks get {} s to finish; a second signal ends it at once", grace / 1s);
    co_await app.stop(grace);
    log::info("stopped");
}

class run_app final : public command {
public:
    std::string_view name() const override { return "run"; }
    std::string_view help() const override { return "migrate, serve and run the tasks on their schedules"; }
    int run(const context& now) override {
        app::require_allowed_address(now.settings);
        croft::run(serve_until_asked_to_stop(&now.settings));
        return done;
    }
};

}  // namespace

std::unique_ptr<command> run_command() { return std::make_unique<run_app>(); }

}  // namespace croft::cli
