#include <algorithm>

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/find_row.hpp"
#include "cli/in_app.hpp"
#include "croft/json.hpp"
#include "croft/query.hpp"
#include "model/load/tables.hpp"

namespace croft::cli {
namespace {

using row = loading::croft_rejected;

json as_json(const row& one) {
    json out = json::object({{"model", one.model}, {"row", one.row}, {"times", one.times}});
    out.set("first_at", to_text(one.first_at));
    out.set("last_at", to_text(one.last_at));
    out.set("run", one.run);
    out.set("task", one.task);
    auto source = json::try_parse(one.source.value_or("null"));
    out.set("source", source ? std::move(*source) : json(*one.source));
    out.set("reasons", one.reasons);
    return out;
}

void print(const row& one) {
    const auto by = one.task ? fmt::format("  {}, run {}", *one.task, one.run.value_or(0)) : "";
    fmt::print("{}  {} row {}, {} {}{}\n", to_text(one.last_at), one.model, one.row, one.times,
               one.times == 1 ? "time" : "times", by);
    for (std::size_t from = 0; from < one.reasons.size();) {
        const auto end = std::min(one.reasons.find('\n', from), one.reasons.size());
        fmt::print("    {}\n", one.reasons.substr(from, end - from));
        from = end + 1;
    }
    if (one.source) fmt::print("    {}\n", *one.source);
}

constexpr std::int64_t most_shown = 100;

query_of<row> of_model(const std::optional<std::string>& model) {
    const auto all = query<row>();
    return model ? all.where(f<&row::model> == find_model(*model).name) : all;
}

class clear_rejected final : public command {
public:
    std::string_view name() const override { return "clear"; }
    std::string_view help() const override { return "forget them, all or those of a model"; }
    void declare(arguments& args) override { args.option("--model", model_, "NAME", "the model's name"); }
    int run(const context& now) override {
        fmt::print("{} rows are forgotten\n", in_app(now, [this] { return of_model(model_).remove(); }));
        return done;
    }

private:
    std::optional<std::string> model_;
};

class list_rejected final : public command {
public:
    std::string_view name() const override { return "rejected"; }
    std::string_view help() const override {
        return "show the source rows that were set aside, and why: the latest 100";
    }
    void declare(arguments& args) override {
        args.option("--model", model_, "NAME", "only those of this model");
        args.flag("--json", json_, "print an array of objects");
    }
    std::vector<std::unique_ptr<command>> children() override {
        std::vector<std::unique_ptr<command>> below;
        below.push_back(std::make_unique<clear_rejected>());
        return below;
    }
    int run(const context& now) override {
        const auto which =
            of_model(model_).order_by(f<&row::last_at>.descending(), f<&row::model>, f<&row::row>).limit(most_shown);
        const auto rows = in_app(now, [&] { return which.list(); });
        if (json_) {
            json all = json::array({});
            for (const auto& one : rows) all.push_back(as_json(one));
            fmt::print("{}\n", all.dump(2));
        } else {
            for (const auto& one : rows) print(one);
            if (rows.empty()) fmt::print("no row was set aside\n");
        }
        return done;
    }

private:
    std::optional<std::string> model_;
    bool json_ = false;
};

}  // namespace

std::unique_ptr<command> rejected_command() { return std::make_unique<list_rejected>(); }

}  // namespace croft::cli
