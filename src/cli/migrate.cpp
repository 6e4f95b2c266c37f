#include <fmt/format.h>

#include "app/wanted_schema.hpp"
#include "cli/commands.hpp"
#include "model/rollup/rollup.hpp"
#include "runtime/loop.hpp"

namespace croft::cli {
namespace {

using model_schema::plan;

/// What is to do; where there is no database yet, everything, found without making one.
task<plan> read_plan(std::string url) {
    const auto base = co_await db::database::open(app::database_exists(url) ? url : "sqlite::memory:");
    co_return co_await model_schema::compare(base.get(), app::wanted_schema(base->kind()));
}

task<std::vector<std::string>> apply(std::string url) {
    const auto base = co_await db::database::open(url);
    auto steps = co_await model_schema::migrate(base.get(), app::wanted_schema(base->kind()));
    {
        const runtime::scoped_local here(&runtime::inherited::database, base.get());
        co_await rollup::rebuild_new();
    }
    co_await base->close();
    co_return steps;
}

class migrate final : public command {
public:
    std::string_view name() const override { return "migrate"; }
    std::string_view help() const override { return "bring the database to the models' shape (run does so too)"; }
    void declare(arguments& args) override {
        args.flag("--plan", plan_, "print the SQL and change nothing");
        args.flag("--check", check_, "change nothing; exit code 1 if anything is to do");
    }
    int run(const context& now) override {
        if (plan_ || check_) return show(croft::run(read_plan(now.settings.database.value)));
        const auto steps = croft::run(apply(now.settings.database.value));
        fmt::print("{}\n", steps.empty() ? "nothing to do" : fmt::format("{} steps made", steps.size()));
        return done;
    }

private:
    int show(const plan& wanted) const {
        if (plan_)
            for (auto& step : wanted.steps) fmt::print("{};\n", step);
        for (auto& problem : wanted.problems) fmt::print(stderr, "{}\n", problem);
        if (!plan_ && wanted.done()) fmt::print("nothing to do\n");
        if (!plan_ && !wanted.steps.empty()) fmt::print("{} steps to make\n", wanted.steps.size());
        return !wanted.problems.empty() || (check_ && !wanted.done()) ? failed : done;
    }

    bool plan_ = false, check_ = false;
};

}  // namespace

std::unique_ptr<command> migrate_command() { return std::make_unique<migrate>(); }

}  // namespace croft::cli
