// history changes, history revert: sets of changes, shown or undone.
#include <fmt/format.h>

#include <charconv>

#include "base/text.hpp"
#include "cli/find_row.hpp"
#include "cli/history_commands.hpp"
#include "cli/history_output.hpp"
#include "cli/when.hpp"

namespace croft::cli {

std::int64_t parse_number(const std::string& text) {
    std::int64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || end != text.data() + text.size() || number < 1)
        throw command_error(fmt::format("{} is not a positive number", croft::quoted(text)), unusable);
    return number;
}

namespace {

/// Which changes are meant: of a model or of all, of a run, between two times.
class chosen {
public:
    void declare(arguments& args) {
        args.option("--run", run_, "N", "what this task run changed");
        args.option("--since", since_, "TIME", "after 2026-03-01T12:00Z, 2026-03-01, or how long ago: 2h, 3d");
        args.option("--until", until_, "TIME", "until then (default: now)");
    }
    bool any() const { return run_ || since_; }

    task<std::vector<row_change>> read(std::vector<const model_info*> models) const {
        std::vector<row_change> all;
        for (const auto* model : models) {
            auto some = run_ ? co_await changes_of_run(*model, parse_number(*run_))
                             : co_await changes_between(*model, parse_when(*since_, croft::now()), until());
            if (run_ && (since_ || until_))
                std::erase_if(some, [&](auto& one) {
                    return one.at > until() || (since_ && one.at <= parse_when(*since_, croft::now()));
                });
            std::ranges::move(some, std::back_inserter(all));
        }
        co_return all;
    }
    std::string describe() const {
        return run_ ? "revert of run " + *run_ : fmt::format("revert of changes since {}", *since_);
    }

private:
    time_point until() const { return until_ ? parse_when(*until_, croft::now()) : time_point::max(); }
    std::optional<std::string> run_, since_, until_;
};

class changes final : public command {
public:
    std::string_view name() const override { return "changes"; }
    std::string_view help() const override { return "what a run changed, or all did between two times"; }
    void declare(arguments& args) override {
        args.optional_positional("model", model_, "only this model");
        chosen_.declare(args);
        args.flag("--net", net_, "one change a row: what they came to together");
        args.flag("--json", json_, "print an array of objects");
    }
    int run(const context& now) override {
        if (!chosen_.any()) throw command_error("--run or --since is required", unusable);
        std::vector<row_change> found;
        const auto models = models_with_history(model_);
        in_existing(now, [&]() -> task<> { found = co_await chosen_.read(models); });
        if (net_) found = net_changes(std::move(found));
        print_changes(found, true, json_);
        return done;
    }

private:
    std::optional<std::string> model_;
    chosen chosen_;
    bool net_ = false, json_ = false;
};

class revert_command final : public command {
public:
    std::string_view name() const override { return "revert"; }
    std::string_view help() const override {
        return "bring a row back to a version, or undo a run or a time's changes";
    }
    void declare(arguments& args) override {
        args.optional_positional("model", model_, "the model's name");
        args.optional_positional("key", key_, "the row's natural key or its id");
        args.optional_positional("version", version_, "the version, as history log shows it");
        chosen_.declare(args);
        args.flag("--force", force_, "undo later changes of the same rows too");
        args.option("--note", note_, "TEXT", "what the history says of it");
        args.flag("--plan", plan_, "print what would be undone and change nothing");
        args.flag("--json", json_, "print an object");
    }
    int run(const context& now) override {
        const bool row = key_ || version_;
        if (row == chosen_.any() || (row && (!model_ || !key_ || !version_)))
            throw command_error("either MODEL KEY VERSION, or --run or --since, is required", unusable);
        revert_report report;
        in_existing(now, [&]() -> task<> { report = row ? co_await one() : co_await several(); });
        if (plan_) return done;
        if (json_)
            fmt::print("{}\n", json::object({{"inserted", static_cast<std::int64_t>(report.inserted)},
                                             {"updated", static_cast<std::int64_t>(report.updated)},
                                             {"removed", static_cast<std::int64_t>(report.removed)},
                                             {"unchanged", static_cast<std::int64_t>(report.unchanged)}})
                                   .dump(2));
        else
            fmt::print("{} inserted, {} updated, {} removed, {} unchanged\n", report.inserted, report.updated,
                       report.removed, report.unchanged);
        return done;
    }

private:
    revert_options options(std::string note) const {
        return {.force = force_, .note = note_.value_or(std::move(note))};
    }

    task<revert_report> one() {
        const auto& model = model_with_history(*model_);
        const auto version = parse_number(*version_);
        const auto id = co_await find_row(&model, *key_);
        if (!plan_) co_return co_await revert(model, std::vector<value>{id}, version, options(""));
        auto all = co_await history_of(model, std::vector<value>{id});
        std::erase_if(all, [&](auto& change) { return change.version <= version; });
        print_changes(all, true, json_);
        co_return revert_report{};
    }
    task<revert_report> several() {
        auto found = co_await chosen_.read(models_with_history(model_));
        if (!plan_) co_return co_await revert_changes(std::move(found), options(chosen_.describe()));
        print_changes(found, true, json_);
        co_return revert_report{};
    }

    std::optional<std::string> model_, key_, version_, note_;
    chosen chosen_;
    bool force_ = false, plan_ = false, json_ = false;
};

}  // namespace

std::unique_ptr<command> history_changes_command() { return std::make_unique<changes>(); }
std::unique_ptr<command> history_revert_command() { return std::make_unique<revert_command>(); }

}  // namespace croft::cli
