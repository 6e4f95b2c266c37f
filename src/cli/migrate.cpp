#include <fmt/format.h>

#include "app/wanted_schema.hpp"
#include "cli/commands.hpp"
#include "model/rollup/rollup.hpp"
#include "runtime/loop.hpp"

namespace croft::cli {
namespace {

using migrations::agenda;
using migrations::stage;

/// What is to do; where there is no database yet, everything, found without making one.
task<agenda> read_agenda(std::string url, migrations::goal to) {
    const auto base =
        co_await db::database::open(app::database_exists(url) ? url : "sqlite::memory:", {.read_only = true});
    const auto wanted = app::wanted_schema();
    co_return co_await migrations::look(base.get(), &wanted, &app::program_migrations(), std::move(to));
}

std::string title(const stage& one, bool done) {
    switch (one.what) {
        case stage::kind::growing:
            return fmt::format("{}: {} {}", one.name, one.steps.size(), done ? "steps made" : "steps");
        case stage::kind::adopting:
            return fmt::format("{} {}: its tables are there already{}", done ? "adopted" : "adopt", one.name,
                               one.steps.empty() ? "" : fmt::format(", but for {} steps", one.steps.size()));
        case stage::kind::applying:
            return (done ? "applied " : "apply ") + one.name;
        case stage::kind::undoing:
            return (done ? "undone " : "undo ") + one.name;
        case stage::kind::attaching:
            return fmt::format("{}: {} {}", one.name, one.steps.size(), done ? "steps made" : "steps");
    }
    return {};
}

void print_sql(const agenda& work) {
    for (auto& one : work.stages) {
        fmt::print("-- {}\n", title(one, false));
        for (auto& step : one.steps) fmt::print("{}\n", to_text(step));
    }
}

void print_if_nothing(const agenda& work) {
    if (work.stages.empty() && work.problems.empty()) fmt::print("nothing to do\n");
}

/// At once: what comes after it may fail.
void print_done(const stage& one) {
    fmt::print("{}\n", title(one, true));
    for (auto& lost : one.destroys) fmt::print("  {}\n", lost);
    std::fflush(stdout);
}

void print_titles(const agenda& work) {
    for (auto& one : work.stages) {
        fmt::print("{}\n", title(one, false));
        for (auto& lost : one.destroys) fmt::print("  loses data: {}\n", lost);
    }
    print_if_nothing(work);
}

/// What stands in the way, or beside it, on stderr. Gives whether all is well.
bool print_findings(const agenda& work, const std::string& program) {
    for (auto& one : work.problems) fmt::print(stderr, "{}\n", one);
    for (auto& one : work.remarks) fmt::print(stderr, "note: {}\n", one);
    for (auto& one : work.unsaid)
        fmt::print(stderr, "the models differ from the migrations: {} ({} makemigrations writes it)\n", one, program);
    return work.problems.empty() && work.unsaid.empty();
}

task<agenda> apply(std::string url, migrations::goal to) {
    const auto base = co_await db::database::open(std::move(url));
    const auto wanted = app::wanted_schema();
    auto done =
        co_await migrations::migrate(base.get(), &wanted, &app::program_migrations(), std::move(to), print_done);
    if (done.rollups_stand) {
        const runtime::scoped_local here(&runtime::inherited::database, base.get());
        co_await rollup::rebuild_new();
    }
    co_await base->close();
    co_return done;
}

class migrate final : public command {
public:
    std::string_view name() const override { return "migrate"; }
    std::string_view help() const override { return "bring the database to the models' shape, or to a migration"; }
    void declare(arguments& args) override {
        args.optional_positional("migration", last_,
                                 "the last one that is to be applied, by name or number (zero: none); default: all");
        args.flag("--plan", plan_, "say what is to do and change nothing");
        args.flag("--sql", sql_, "print the SQL and change nothing");
        args.flag("--check", check_, "change nothing; exit code 1 if anything is to do, or the models aren't migrated");
        args.flag("--allow-destructive", may_lose_, "undo migrations although data is lost by that");
    }
    int run(const context& now) override {
        if (last_ && last_->empty())  // "$LAST", and it isn't set
            throw command_error("migrate \"\": name the last migration that is to be applied (zero: none)", unusable);
        const auto& url = now.settings.database.value;
        const migrations::goal to{last_, may_lose_ ? migrations::losing::anything : migrations::losing::by_applying};
        if (plan_ || check_ || sql_) return show(croft::run(read_agenda(url, to)), now.settings.program);
        const auto done = croft::run(apply(url, to));
        print_if_nothing(done);
        std::fflush(stdout);
        print_findings(done, now.settings.program);
        return cli::done;
    }

private:
    int show(const agenda& work, const std::string& program) const {
        if (sql_)
            print_sql(work);
        else
            print_titles(work);
        std::fflush(stdout);
        const bool fine = print_findings(work, program);
        return !work.problems.empty() || (check_ && (!fine || !work.done())) ? failed : done;
    }

    std::optional<std::string> last_;
    bool plan_ = false, sql_ = false, check_ = false, may_lose_ = false;
};

}  // namespace

std::unique_ptr<command> migrate_command() { return std::make_unique<migrate>(); }

}  // namespace croft::cli
