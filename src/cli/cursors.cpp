#include <algorithm>

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/in_app.hpp"
#include "cli/run_task.hpp"
#include "croft/query.hpp"
#include "model/load/cursors.hpp"

namespace croft::cli {
namespace {

using row = loading::croft_cursor;

query_of<row> named(const std::string& name) { return query<row>().where(f<&row::name> == name); }

task<row> known(std::string name) {
    auto found = co_await named(name).first();
    if (!found) throw command_error(fmt::format("there is no cursor \"{}\": see cursors", name));
    co_return std::move(*found);
}

std::string or_none(const std::string& text) { return text.empty() ? "-" : text; }

class show_cursor final : public command {
public:
    std::string_view name() const override { return "show"; }
    std::string_view help() const override { return "show one cursor"; }
    void declare(arguments& args) override { args.positional("name", name_, "the cursor's name"); }
    int run(const context& now) override {
        const auto one = in_app(now, [this] { return known(name_); });
        fmt::print("name     {}\nmark     {}\npage     {}\netag     {}\nstored   {}{}\n", one.name,
                   one.mark ? fmt::format("{} ({})", *one.mark, one.kind) : "-", or_none(one.page), or_none(one.etag),
                   to_text(one.modified_at.at),
                   one.task ? fmt::format(" by {}, run {}", *one.task, one.run.value_or(0)) : "");
        return done;
    }

private:
    std::string name_;
};

class set_cursor final : public command {
public:
    std::string_view name() const override { return "set"; }
    std::string_view help() const override { return "set a cursor's mark; page and etag are forgotten"; }
    void declare(arguments& args) override {
        args.positional("name", name_, "the cursor's name");
        args.positional("mark", mark_, "a time such as 2026-03-01T00:00:00Z, an integer or a text");
    }
    int run(const context& now) override {
        cursor_state state;
        state.name = name_;
        state.mark = loading::mark_from(mark_);
        in_app(now, [&] { return save(state); });
        fmt::print("{}: the mark is {}\n", name_, to_text(state.mark));
        return done;
    }

private:
    std::string name_, mark_;
};

class reset_cursor final : public command {
public:
    std::string_view name() const override { return "reset"; }
    std::string_view help() const override { return "forget a cursor: the next run reads from the start"; }
    void declare(arguments& args) override { args.positional("name", name_, "the cursor's name"); }
    int run(const context& now) override {
        const auto gone = in_app(now, [this] { return named(name_).remove(); });
        if (gone == 0) throw command_error(fmt::format("there is no cursor \"{}\": see cursors", name_));
        fmt::print("{}: forgotten\n", name_);
        return done;
    }

private:
    std::string name_;
};

class backfill_cursor final : public command {
public:
    std::string_view name() const override { return "backfill"; }
    std::string_view help() const override {
        return "run a task once, with a cursor that stands for a range; the stored one stays as it is";
    }
    void declare(arguments& args) override {
        args.positional("name", name_, "the cursor's name");
        args.positional("from", from_, "where the range begins: a time, an integer or a text");
        args.positional("until", until_, "where it ends (cursor_state::up_to)");
        args.positional("task", task_, "the task's name: items.ingest");
    }
    int run(const context& now) override {
        const loading::backfill range(name_, loading::mark_from(from_), loading::mark_from(until_));
        run_here(now, task_);
        return done;
    }

private:
    std::string name_, from_, until_, task_;
};

class list_cursors final : public command {
public:
    std::string_view name() const override { return "cursors"; }
    std::string_view help() const override {
        return "list the cursors: how far sources are read; cursors show|set|reset|backfill NAME …";
    }
    std::vector<std::unique_ptr<command>> children() override {
        std::vector<std::unique_ptr<command>> below;
        below.push_back(std::make_unique<show_cursor>());
        below.push_back(std::make_unique<set_cursor>());
        below.push_back(std::make_unique<reset_cursor>());
        below.push_back(std::make_unique<backfill_cursor>());
        return below;
    }
    int run(const context& now) override {
        const auto all = in_app(now, [] { return query<row>().order_by(f<&row::name>).list(); });
        std::size_t width = 4;
        for (const auto& one : all) width = std::max(width, one.name.size());
        fmt::print("{:<{}}  {:<27}  {:<27}  {}\n", "NAME", width, "STORED", "MARK", "PAGE");
        for (const auto& one : all)
            fmt::print("{:<{}}  {:<27}  {:<27}  {}\n", one.name, width, to_text(one.modified_at.at),
                       one.mark.value_or("-"), or_none(one.page));
        return done;
    }
};

}  // namespace

std::unique_ptr<command> cursors_command() { return std::make_unique<list_cursors>(); }

}  // namespace croft::cli
