#include "cli/history_output.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/application.hpp"
#include "cli/find_row.hpp"
#include "cli/listing.hpp"

namespace croft::cli {

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
    const auto text = [](const std::string& s) { return s.empty() ? json(nullptr) : json(s); };
    json fields = json::object({});
    for (auto& one : change.changes)
        fields.set(one.field, json::object({{"from", as_json(one.from)}, {"to", as_json(one.to)}}));
    json key = json::object({});
    for (std::size_t i = 0; i < change.key.size(); ++i)
        key.set(change.model->fields[change.model->keys[i]].name, as_json(change.key[i]));
    json out = json::object({{"model", change.model->name}, {"version", change.version}});
    out.set("key", std::move(key));
    out.set("row", change.name());
    out.set("at", to_text(change.at));
    out.set("kind", change.kind);
    out.set("until", change.until ? json(to_text(*change.until)) : json(nullptr));
    out.set("run", change.run);
    out.set("task", text(change.task));
    out.set("user", text(change.user));
    out.set("request", text(change.request));
    out.set("note", text(change.note));
    out.set("data", text(change.data));
    out.set("changes", std::move(fields));
    return out;
}

namespace {

/// "items.ingest, run 12, 1.21.4"; "from outside" where no task did it.
std::string author(const row_change& change) {
    std::string who = change.task.empty() ? "from outside" : change.task;
    if (change.run) who += fmt::format(", run {}", *change.run);
    for (auto* more : {&change.user, &change.request, &change.note})
        if (!more->empty()) who += ", " + *more;
    return who;
}

/// A line for each field that it changed; what tells the change stands in the first.
void add_lines(listing& list, const row_change& change, bool named) {
    std::vector<std::string> line{to_text(change.at), std::to_string(change.version), change.kind};
    if (named) line.push_back(cell(change.name()));
    line.push_back(cell(author(change)));
    line.emplace_back();
    const auto add = [&](std::string text) {
        line.back() = std::move(text);
        list.add(line);
        std::ranges::fill(line, std::string());
    };
    if (change.changes.empty()) add("");
    for (const auto& field : change.changes) {
        row_change one;
        one.kind = change.kind;
        one.changes = {field};
        add(one.diff());
    }
}

}  // namespace

void print_changes(const std::vector<row_change>& changes, bool named, bool in_json) {
    if (in_json) {
        json all = json::array({});
        for (auto& change : changes) all.push_back(as_json(change));
        fmt::print("{}\n", all.dump(2));
        return;
    }
    listing list(named ? std::vector<std::string>{"WHEN (UTC)", "VERSION", "KIND", "ROW", "BY", "CHANGES"}
                       : std::vector<std::string>{"WHEN (UTC)", "VERSION", "KIND", "BY", "CHANGES"});
    for (auto& change : changes) add_lines(list, change, named);
    list.print();
}

const model_info& model_with_history(const std::string& name) {
    const auto& model = find_model(name);
    if (!model.has_history)
        throw command_error(model.name + " keeps no history: its CROFT_MODEL lacks history()", unusable);
    return model;
}

std::vector<const model_info*> models_with_history(const std::optional<std::string>& name) {
    if (name) return {&model_with_history(*name)};
    std::vector<const model_info*> all;
    std::ranges::copy_if(all_models(), std::back_inserter(all), &model_info::has_history);
    return all;
}

namespace {

task<> run_in_app(const app::config* settings, std::function<task<>()>* body) {
    app::application app(*settings);
    co_await app.open_existing();
    co_await (*body)();
    co_await app.stop();
}

}  // namespace

void in_existing(const context& now, std::function<task<>()> body) { croft::run(run_in_app(&now.settings, &body)); }

}  // namespace croft::cli
