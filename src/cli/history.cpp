// history: what is known of rows, and the way back. Each subcommand is a class here or in one of the files beside.
#include "croft/history.hpp"

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/find_row.hpp"
#include "cli/history_commands.hpp"
#include "cli/history_output.hpp"
#include "cli/listing.hpp"
#include "cli/when.hpp"
#include "model/rows.hpp"
#include "model/sql.hpp"

namespace croft::cli {
namespace {

void show_row(const context& now, const std::string& model_name, const std::string& key, bool in_json) {
    const auto& model = model_with_history(model_name);
    std::vector<row_change> changes;
    in_existing(now, [&]() -> task<> {
        const auto id = co_await find_row(&model, key);
        changes = co_await history_of(model, std::vector<value>{id});
    });
    print_changes(changes, false, in_json);
}

class log_command final : public command {
public:
    std::string_view name() const override { return "log"; }
    std::string_view help() const override { return "every change of one row: when, by whom, what"; }
    void declare(arguments& args) override {
        args.positional("model", model_, "the model's name, such as Item");
        args.positional("key", key_, "the row's natural key or its id");
        args.flag("--json", json_, "print an array of objects");
    }
    int run(const context& now) override {
        show_row(now, model_, key_, json_);
        return done;
    }

private:
    std::string model_, key_;
    bool json_ = false;
};

class who final : public command {
public:
    std::string_view name() const override { return "who"; }
    std::string_view help() const override { return "who gave a row's field the value that it has"; }
    void declare(arguments& args) override {
        args.positional("model", model_, "the model's name");
        args.positional("key", key_, "the row's natural key or its id");
        args.positional("field", field_, "the field's name");
        args.flag("--json", json_, "print an array of one object");
    }
    int run(const context& now) override {
        const auto& model = model_with_history(model_);
        const auto field = find_field(model, field_);
        std::vector<row_change> found;
        in_existing(now, [&]() -> task<> {
            const auto id = co_await find_row(&model, key_);
            if (auto change = co_await last_change(model, field, std::vector<value>{id})) found.push_back(*change);
        });
        for (auto& change : found) std::erase_if(change.changes, [&](auto& one) { return one.field != field_; });
        print_changes(found, false, json_);
        return done;
    }

private:
    std::string model_, key_, field_;
    bool json_ = false;
};

class at final : public command {
public:
    std::string_view name() const override { return "at"; }
    std::string_view help() const override { return "a model's rows as they were at a moment"; }
    void declare(arguments& args) override {
        args.positional("model", model_, "the model's name");
        args.positional("time", time_, "2026-03-01T12:00Z, 2026-03-01, or how long ago: 2h, 3d");
        args.optional_positional("key", key_, "only this row: its natural key or its id");
        args.option("--limit", limit_, "N", "how many rows (default: 50)");
        args.flag("--json", json_, "print an array of objects");
    }
    int run(const context& now) override {
        const auto& model = model_with_history(model_);
        const auto then = parse_when(time_, croft::now());
        const auto limit = parse_number(limit_.value_or("50"));
        in_existing(now, [&]() -> task<> { co_await show(&model, then, limit); });
        return done;
    }

private:
    task<> show(const model_info* model, time_point then, std::int64_t limit) {
        selection what;
        what.model = model;
        what.as_of = then;
        what.limit = limit;
        if (key_) what.where = compare({model, {model->id}}, comparison::equal, co_await find_row(model, *key_));
        std::vector<std::size_t> fields;
        std::vector<std::string> head;
        for (std::size_t i = 0; i < model->fields.size(); ++i) {
            fields.push_back(i);
            head.push_back(model->fields[i].name);
        }
        auto& base = db::current();
        const auto rows = co_await base.read(model_sql::select(what, fields, base.kind()));
        json all = json::array({});
        listing list(head);
        for (std::size_t row = 0; row < rows.size(); ++row) {
            json object = json::object({});
            std::vector<std::string> line;
            for (auto i : fields) {
                const auto v = cell_value(*model, model->fields[i], rows.at(row, i));
                object.set(head[i], as_json(v));
                const auto* text = std::get_if<std::string>(&v);
                line.push_back(cell(text ? *text : to_text(v)));
            }
            all.push_back(std::move(object));
            list.add(std::move(line));
        }
        if (json_)
            fmt::print("{}\n", all.dump(2));
        else
            list.print();
    }

    std::string model_, time_;
    std::optional<std::string> key_, limit_;
    bool json_ = false;
};

class row_history final : public command {
public:
    std::string_view name() const override { return "history"; }
    std::string_view help() const override {
        return "show every change of one row; history COMMAND: more, and the way back";
    }
    void declare(arguments& args) override {
        args.optional_positional("model", model_, "the model's name, such as Item");
        args.optional_positional("key", key_, "the row's natural key or its id");
        args.flag("--json", json_, "print an array of objects");
    }
    std::vector<std::unique_ptr<command>> children() override {
        std::vector<std::unique_ptr<command>> below;
        below.push_back(std::make_unique<log_command>());
        below.push_back(std::make_unique<at>());
        below.push_back(history_changes_command());
        below.push_back(std::make_unique<who>());
        below.push_back(history_revert_command());
        below.push_back(history_prune_command());
        below.push_back(history_check_command());
        return below;
    }
    int run(const context& now) override {
        if (!model_) throw command_error("model is required (see history --help)", unusable);
        if (!key_) throw command_error("key is required (see history --help)", unusable);
        show_row(now, *model_, *key_, json_);
        return done;
    }

private:
    std::optional<std::string> model_, key_;
    bool json_ = false;
};

}  // namespace

std::unique_ptr<command> history_command() { return std::make_unique<row_history>(); }

}  // namespace croft::cli
