#include "croft/history.hpp"

#include <fmt/format.h>

#include "app/application.hpp"
#include "cli/commands.hpp"
#include "cli/find_row.hpp"

namespace croft::cli {
namespace {

json as_json(const value& v) {
    struct writer {
        json operator()(std::monostate) const { return nullptr; }
        json operator()(bool b) const { return b; }
        json operator()(std::int64_t i) const { return i; }
        json operator()(double d) const { return d; }
        json operator()(const std::string& s) const { return s; }
        json operator()(const bytes& b) const { return to_text(value(b)); }
        json operator()(time_point t) const { return to_text(t); }
        json operator()(date d) const { return to_text(d); }
        json operator()(duration d) const { return to_iso_text(d); }
        json operator()(decimal_value d) const { return to_text(d); }
        json operator()(const uuid& id) const { return to_text(id); }
        json operator()(const json_text& j) const { return json::parse(j.text, "a JSON field"); }
    };
    return std::visit(writer{}, v);
}

json as_json(const row_change& change) {
    json fields = json::object({});
    for (auto& one : change.changes)
        fields.set(one.field, json::object({{"from", as_json(one.from)}, {"to", as_json(one.to)}}));
    json out = json::object({{"at", to_text(change.at)}, {"kind", change.kind}});
    out.set("until", change.until ? json(to_text(*change.until)) : json(nullptr));
    out.set("run", change.run);
    out.set("task", change.task.empty() ? json(nullptr) : json(change.task));
    out.set("note", change.note.empty() ? json(nullptr) : json(change.note));
    out.set("changes", std::move(fields));
    return out;
}

/// "items.ingest, run 12, 1.21.4"; "from outside" where no task did it.
std::string author(const row_change& change) {
    std::string who = change.task.empty() ? "from outside" : change.task;
    if (change.run) who += fmt::format(", run {}", *change.run);
    if (!change.note.empty()) who += ", " + change.note;
    return who;
}

task<std::vector<row_change>> read(const app::config* settings, const model_info* model, std::string key) {
    app::application app(*settings);
    co_await app.open_existing();
    const auto id = co_await find_row(model, std::move(key));
    auto changes = co_await history_of(*model, id);
    co_await app.stop();
    co_return changes;
}

class row_history final : public command {
public:
    std::string_view name() const override { return "history"; }
    std::string_view help() const override { return "show every change of one row: when, by whom, what"; }
    void declare(arguments& args) override {
        args.positional("model", model_, "the model's name, such as Item");
        args.positional("key", key_, "the row's natural key or its id");
        args.flag("--json", json_, "print an array of objects");
    }
    int run(const context& now) override {
        const auto& model = model_named(model_);
        if (!model.has_history) throw command_error(model.name + " keeps no history: its CROFT_MODEL lacks history()");
        const auto changes = croft::run(read(&now.settings, &model, key_));
        if (json_) {
            json all = json::array({});
            for (auto& change : changes) all.push_back(as_json(change));
            fmt::print("{}\n", all.dump(2));
        } else {
            for (auto& change : changes)
                fmt::print("{}  {:<6}  {}\n    {}\n", to_text(change.at), change.kind, author(change), change.diff());
        }
        return done;
    }

private:
    std::string model_, key_;
    bool json_ = false;
};

}  // namespace

std::unique_ptr<command> history_command() { return std::make_unique<row_history>(); }

}  // namespace croft::cli
