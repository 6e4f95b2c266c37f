#include <fmt/format.h>

#include "app/app_tasks.hpp"
#include "app/application.hpp"
#include "app/config_keys.hpp"
#include "app/secret.hpp"
#include "app/task_overview.hpp"
#include "app/wanted_schema.hpp"
#include "cli/commands.hpp"

namespace croft::cli {
namespace {

/// Prints what is fine on stdout, what isn't on stderr, and remembers whether anything wasn't.
class findings {
public:
    void fine(std::string_view about, std::string_view text) { fmt::print("{:<12} {}\n", about, text); }
    void wrong(std::string_view about, std::string_view text) {
        std::fflush(stdout);
        fmt::print(stderr, "{:<12} {}\n", about, text);
        all_fine_ = false;
    }
    /// Runs a check; what it throws is a finding.
    template <class F>
    void look(std::string_view about, F at) {
        try {
            at();
        } catch (const std::exception& failure) {
            wrong(about, failure.what());
        }
    }
    bool all_fine() const noexcept { return all_fine_; }

private:
    bool all_fine_ = true;
};

void settings(findings& found, const app::config& set) {
    if (!set.file.empty()) found.fine("settings", fmt::format("are read from {}", set.file.string()));
    for (auto& key : app::config_keys()) {
        const auto shown = key.show(set);
        found.fine("setting", fmt::format("{} = {} ({})", key.name, shown.value, shown.from));
    }
    for (auto& [name, url] : set.sites)
        found.fine("setting", fmt::format("site.{}.url = {} ({})", name, app::without_password(url.value), url.from));
    found.look("listen", [&] { app::require_allowed_address(set); });
}

task<migrations::agenda> look(std::string url) {
    const auto base = co_await db::database::open(std::move(url), {.read_only = true});
    const auto wanted = app::wanted_schema();
    co_return co_await migrations::look(base.get(), &wanted, &app::program_migrations(), {});
}

void database(findings& found, const app::config& set) {
    const auto& url = set.database.value;
    const bool there = app::database_exists(url);
    found.look("database", [&] {
        const auto left = croft::run(look(there ? url : "sqlite::memory:"));
        for (auto& problem : left.problems) found.wrong("database", problem);
        for (auto& remark : left.remarks) found.fine("database", remark);
        for (auto& one : left.unsaid)
            found.wrong("migrations", fmt::format("the models differ from them: {}: makemigrations writes it", one));
        if (!there)
            found.fine("database", "isn't there yet: run or migrate makes it");
        else if (left.done())
            found.fine("database", "is in the models' shape");
        else if (left.problems.empty())
            found.fine("database", fmt::format("lacks {}: run or migrate brings it", left.stages.front().name));
    });
}

void models(findings& found) {
    found.look("models", [&] {
        std::string names;
        for (const auto* model : app::app_models()) names += (names.empty() ? "" : ", ") + model->name;
        found.fine("models", names.empty() ? "none are declared" : names);
    });
}

void tasks(findings& found, const app::config& set) {
    found.look("tasks", [&] {
        const auto all = app::app_tasks();
        const auto wanted = work::matching_tasks(all, set.tasks.value);
        for (std::size_t i = 0; i < all.size(); ++i)
            found.fine("task", fmt::format("{}  {}{}", all[i].name, app::spec_of(all[i]),
                                           wanted[i] ? "" : fmt::format("  (switched off by {})", set.tasks.from)));
        if (all.empty()) found.fine("tasks", "none are declared");
    });
}

void graphql_schema(findings& found) {
    found.look("graphql", [&] {
        const graphql::service service;
        found.fine("graphql", service.has_queries() ? "the schema is valid" : "no query is declared");
    });
}

class check final : public command {
public:
    std::string_view name() const override { return "check"; }
    std::string_view help() const override { return "explain what is set and from where, and what would not work"; }
    int run(const context& now) override {
        findings found;
        settings(found, now.settings);
        models(found);
        tasks(found, now.settings);
        database(found, now.settings);
        graphql_schema(found);
        return found.all_fine() ? done : failed;
    }
};

}  // namespace

std::unique_ptr<command> check_command() { return std::make_unique<check>(); }

}  // namespace croft::cli
