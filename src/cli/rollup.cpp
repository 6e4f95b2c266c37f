#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/find_row.hpp"
#include "cli/in_app.hpp"
#include "model/rollup/rollup.hpp"

namespace croft::cli {
namespace {

/// The rollup of that name, or all.
std::vector<const rollup_info*> chosen(const std::optional<std::string>& name) {
    if (!name) return all_rollups();
    const auto* one = rollup_of(find_model(*name));
    if (!one) throw command_error(*name + " is no rollup: see rollup", unusable);
    return {one};
}

class check_rollup final : public command {
public:
    std::string_view name() const override { return "check"; }
    std::string_view help() const override { return "compute anew and compare; exit code 1 where they differ"; }
    void declare(arguments& args) override { args.optional_positional("name", name_, "one rollup; else all"); }
    int run(const context& now) override {
        bool good = true;
        for (const auto* one : chosen(name_)) {
            const auto differences = in_app(now, [one] { return rollup::check(one); });
            good = good && differences.empty();
            fmt::print("{}: {}\n", one->model->name,
                       differences.empty() ? "right" : fmt::format("{} differences", differences.size()));
            for (const auto& difference : differences) fmt::print("    {}\n", difference.describe());
        }
        return good ? done : failed;
    }

private:
    std::optional<std::string> name_;
};

class rebuild_rollup final : public command {
public:
    std::string_view name() const override { return "rebuild"; }
    std::string_view help() const override { return "compute anew; rows get new ids"; }
    void declare(arguments& args) override { args.optional_positional("name", name_, "one rollup; else all"); }
    int run(const context& now) override {
        for (const auto* one : chosen(name_)) {
            in_app(now, [one] { return rollup::rebuild(one); });
            fmt::print("{}: rebuilt\n", one->model->name);
        }
        return done;
    }

private:
    std::optional<std::string> name_;
};

class list_rollups final : public command {
public:
    std::string_view name() const override { return "rollup"; }
    std::string_view help() const override { return "list the rollups; rollup check|rebuild [NAME]"; }
    std::vector<std::unique_ptr<command>> children() override {
        std::vector<std::unique_ptr<command>> below;
        below.push_back(std::make_unique<check_rollup>());
        below.push_back(std::make_unique<rebuild_rollup>());
        return below;
    }
    int run(const context&) override {
        for (const auto* one : all_rollups())
            fmt::print("{}: from {}, table {}\n", one->model->name, one->source->name, one->model->table);
        if (all_rollups().empty()) fmt::print("none are declared\n");
        return done;
    }
};

}  // namespace

std::unique_ptr<command> rollup_command() { return std::make_unique<list_rollups>(); }

}  // namespace croft::cli
