// history prune, history check: keeping the event tables small and true.
#include <fmt/format.h>

#include "app/wanted_schema.hpp"
#include "cli/history_commands.hpp"
#include "cli/history_output.hpp"
#include "cli/when.hpp"
#include "history/check.hpp"
#include "history/history.hpp"
#include "history/retention.hpp"
#include "runtime/loop.hpp"

namespace croft::cli {
namespace {

/// As in_existing(), but also where the database isn't in the models' shape: triggers that are missing are such a case.
task<> in_any_shape(const app::config* settings, std::function<task<>()> body) {
    if (!app::database_exists(settings->database.value))
        throw config_error(fmt::format("{}: there is no database yet; {} migrate makes it", settings->database.value,
                                       settings->program));
    const auto base = co_await db::database::open(settings->database.value);
    const runtime::scoped_local<db::database*> local(&runtime::inherited::database, base.get());
    history::attach(*base);
    co_await body();
    co_await base->close();
}

class prune final : public command {
public:
    std::string_view name() const override { return "prune"; }
    std::string_view help() const override { return "remove old versions, by the models' rules or by these"; }
    void declare(arguments& args) override {
        args.optional_positional("model", model_, "only this model");
        args.option("--keep-for", keep_for_, "SPAN", "remove versions that ended longer ago: 365d");
        args.option("--keep-at-most", most_, "N", "remove all but the last N of each row");
        args.option("--keep-last", last_, "N", "never remove the last N of a row");
        args.flag("--plan", plan_, "count and change nothing");
        args.flag("--json", json_, "print an array of objects");
    }
    int run(const context& now) override {
        const bool own = keep_for_ || most_;
        if (last_ && !own) throw command_error("--keep-last needs --keep-for or --keep-at-most", unusable);
        if (keep_for_ && parse_span(*keep_for_) <= duration::zero())
            throw command_error("--keep-for is 0: --keep-at-most 1 keeps the last version of each row alone", unusable);
        if (own && !model_) throw command_error("rules of one's own are for one model: name it", unusable);
        json all = json::array({});
        const auto models = models_with_history(model_);
        in_existing(now, [&]() -> task<> {
            for (const auto* model : models) {
                const auto rules = own ? given() : model->retention;
                if (rules.any()) all.push_back(co_await one(model, rules));
            }
        });
        if (json_) fmt::print("{}\n", all.dump(2));
        if (!json_ && all.size() == 0) fmt::print("no model has rules: see history(keep_for(…)) or --keep-for\n");
        return done;
    }

private:
    history_retention given() const {
        history_retention rules;
        if (keep_for_) rules.keep_for = parse_span(*keep_for_);
        if (most_) rules.keep_at_most = parse_number(*most_);
        if (last_) rules.keep_last = parse_number(*last_);
        return rules;
    }
    task<json> one(const model_info* model, history_retention rules) {
        const auto report = co_await history::prune(model, rules, {.dry_run = plan_});
        if (!json_)
            fmt::print("{}: {} of {} versions {}\n", model->name, report.removed, report.looked_at,
                       plan_ ? "would be removed" : "removed");
        co_return json::object({{"model", model->name}, {"versions", report.looked_at}, {"removed", report.removed}});
    }

    std::optional<std::string> model_, keep_for_, most_, last_;
    bool plan_ = false, json_ = false;
};

class check final : public command {
public:
    std::string_view name() const override { return "check"; }
    std::string_view help() const override { return "find triggers that are missing and versions that aren't true"; }
    void declare(arguments& args) override {
        args.optional_positional("model", model_, "only this model");
        args.flag("--repair", repair_, "record what is there now where the history says something else");
        args.flag("--json", json_, "print an array of objects");
    }
    int run(const context& now) override {
        json all = json::array({});
        bool fine = true;
        const auto models = models_with_history(model_);
        const auto look = [&]() -> task<> {
            for (const auto* model : models) {
                const auto repaired = repair_ ? co_await history::repair(model) : 0;
                const auto report = co_await history::check(model);
                fine = fine && report.fine();
                all.push_back(show(*model, report, repaired));
            }
        };
        croft::run(in_any_shape(&now.settings, look));
        if (json_) fmt::print("{}\n", all.dump(2));
        return fine ? done : failed;
    }

private:
    json show(const model_info& model, const history::check_report& report, std::int64_t repaired) const {
        json findings = json::array({});
        for (auto& line : report.findings()) {
            findings.push_back(line);
            if (!json_) fmt::print(stderr, "{}: {}\n", model.name, line);
        }
        if (!json_ && report.fine())
            fmt::print("{}: fine{}\n", model.name, repaired ? fmt::format(", {} versions added", repaired) : "");
        json out = json::object({{"model", model.name}, {"fine", report.fine()}, {"repaired", repaired}});
        out.set("findings", std::move(findings));
        return out;
    }

    std::optional<std::string> model_;
    bool repair_ = false, json_ = false;
};

}  // namespace

std::unique_ptr<command> history_prune_command() { return std::make_unique<prune>(); }
std::unique_ptr<command> history_check_command() { return std::make_unique<check>(); }

}  // namespace croft::cli
