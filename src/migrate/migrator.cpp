#include "migrate/migrator.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "croft/transaction.hpp"
#include "history/history.hpp"
#include "migrate/kinds.hpp"
#include "migrate/perform.hpp"
#include "migrate/print.hpp"
#include "migrate/record.hpp"
#include "migrate/renames.hpp"
#include "migrate/tables.hpp"
#include "model/rollup/rollup.hpp"
#include "model/rollup/tables.hpp"

namespace croft::migrations {
namespace {

void append(auto& to, auto more) {
    to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

/// What applying it loses; empty: nothing.
std::string lost_by(const operation& step) {
    if (const auto* table = std::get_if<drop_table>(&step)) return fmt::format("the table {} is dropped", table->table);
    if (const auto* column = std::get_if<drop_column>(&step))
        return fmt::format("{}.{} is dropped", column->table, column->column);
    if (const auto* column = std::get_if<forget_column>(&step))
        return fmt::format("{}.{} is dropped from the history", column->table, column->column);
    if (const auto* history = std::get_if<drop_history>(&step))
        return fmt::format("the history of {} is dropped", history->table);
    return {};
}

stage forward_stage(const numbered& one, const schema& before, db::engine engine) {
    stage made{stage::kind::applying, one.name, steps_of(one.operations, before, engine), {}};
    made.outside = one.outside_transaction && engine == db::engine::postgres;
    for (auto& operation : one.operations)
        if (auto lost = lost_by(operation); !lost.empty()) made.destroys.push_back(std::move(lost));
    return made;
}

stage backward_stage(const numbered& one, const schema& before, db::engine engine) {
    schema now = before;
    for (auto& operation : one.operations) replay(now, operation);
    auto back = one.backwards(before);
    return {stage::kind::undoing, one.name, steps_of(back.operations, now, engine), std::move(back.destroys)};
}

/// A table that is dropped by the engine's cascades is not a table that is made anew: a stage can't do both.
void require_separate_data(const stage& made, agenda& out) {
    const bool works = std::ranges::any_of(made.steps, [](auto& s) { return s.what == step::kind::data; });
    if (works && rebuilds(made.steps))
        out.problems.push_back(
            fmt::format("{}: data() can't stand beside operations that make a table anew, as SQLite "
                        "doesn't follow references meanwhile: put it into a migration of its own",
                        made.name));
}

std::vector<model_schema::object> context_tables(db::engine engine) {
    if (engine == db::engine::postgres) return {};  // its context is in settings
    return {history::context_table()};
}

}  // namespace

std::vector<model_schema::object> rollup_objects(const std::vector<const model_info*>& models, db::engine engine) {
    std::vector<model_schema::object> all;
    for (const auto* one : models)
        for (auto& object : rollup::extras_of(*one, engine)) all.push_back(std::move(object));
    return all;
}

namespace {

class looker {
public:
    looker(db::database* base, const wishes& wanted, const program& with, const goal& to)
        : base_(base), wanted_(wanted), with_(with), to_(to) {}

    task<agenda> run() {
        there_ = co_await read_shape(base_);
        if (auto half = co_await unfinished_move(base_, &there_); !half.empty()) {
            out_.problems.push_back(std::move(half));
            co_return std::move(out_);
        }
        co_await grow();
        if (!with_.empty()) {
            co_await follow_migrations();
            compare_with_models();
        }
        attach();
        co_return std::move(out_);
    }

private:
    task<> grow() {
        auto models = wanted_.own;
        if (with_.empty()) models.insert(models.end(), wanted_.models.begin(), wanted_.models.end());
        schema all = schema_of(models);
        add_stage(stage::kind::growing, with_.empty() ? "the models' tables" : "Croft's own tables",
                  co_await missing(&all, context_tables(base_->kind())));
    }

    task<growth> missing(const schema* all, std::vector<model_schema::object> extras) {
        const auto renames = renames_in(*all);
        std::string creation = creation_of(undone(*all, renames), base_->kind());
        for (auto& one : extras) creation += one.sql + ";\n";
        const auto model = co_await shape_of(std::move(creation), base_);
        renames_ = renames_ || !renames.empty();
        auto found = what_is_missing(there_, model, *all, extras, base_->kind(), renames);
        append(found.problems, misread(co_await read_kinds(base_, &there_), undone(*all, renames)));
        co_return found;
    }

    /// Those declared that lead from what is there to `goal`.
    std::vector<renaming> renames_in(const schema& goal) const {
        auto found = declared_renames(wanted_.models, [&](const std::string& table, const std::string& column) {
            const auto at = there_.find(table);
            return at != there_.end() && (column.empty() || at->second.find(column));
        });
        const auto names = names_in(goal);
        std::erase_if(found, [&](const renaming& one) {
            if (one.column.empty()) return !names(one.to, {}) || names(one.table, {});
            return !names(one.table, one.to) || names(one.table, one.column);
        });
        return found;
    }

    void add_stage(stage::kind what, std::string name, growth found) {
        append(out_.problems, std::move(found.problems));
        append(out_.remarks, std::move(found.remarks));
        if (!found.steps.empty() || what == stage::kind::adopting)
            out_.stages.push_back({what, std::move(name), std::move(found.steps), {}});
    }

    task<> follow_migrations() {
        const auto applied = co_await read_applied(base_, &there_);
        const std::size_t done = check(applied);
        if (!out_.problems.empty()) co_return;
        std::size_t next = done;
        const auto& all = with_.all();
        const std::size_t last = to_.last ? with_.up_to(*to_.last) : all.size();
        if (last <= done && std::ranges::any_of(applied, &applied_migration::begun)) {
            problem("{} was begun and not finished: migrate to its end before going back", all[done].name);
            co_return;
        }
        if (applied.empty() && last > 0 && some_table_is_there(with_.before(1))) {
            add_stage(stage::kind::adopting, all[0].name, co_await missing(&with_.before(1), {}));
            next = 1;
        }
        for (; next < last; ++next) {
            out_.stages.push_back(forward_stage(all[next], with_.before(next), base_->kind()));
            require_separate_data(out_.stages.back(), out_);
        }
        for (std::size_t i = done; i-- > last;)
            out_.stages.push_back(backward_stage(all[i], with_.before(i), base_->kind()));
    }

    bool some_table_is_there(const schema& of) const {
        const auto before = undone(of, renames_in(of));
        return std::ranges::any_of(before.tables(), [&](auto& one) { return there_.contains(one.first); });
    }

    /// Gives how many are applied; problems where they aren't the program's first ones.
    std::size_t check(const std::vector<applied_migration>& applied) {
        const auto& all = with_.all();
        std::size_t done = 0;
        for (auto& one : applied) {
            const auto at = std::ranges::find(all, one.name, &numbered::name);
            if (at == all.end())
                problem(
                    "{} is applied to this database, and this program doesn't have it: run the program that has it, or "
                    "go back with that one",
                    one.name);
            else if (one.hash != at->hash)
                problem(
                    "{} was changed after it was applied ({}): restore what it said, and write what is new as a "
                    "migration of its own",
                    one.name, at->place);
            else if (one.begun)
                out_.remarks.push_back(
                    fmt::format("{} was begun and not finished, as it runs outside of a transaction: {} "
                                "of its steps are done, and migrate goes on after them",
                                one.name, one.steps_done));
            else if (static_cast<std::size_t>(at - all.begin()) == done)
                ++done;
            else
                problem("{} is applied to this database, and {} before it is not: give that one the next free number",
                        one.name, all[done].name);
        }
        return done;
    }

    /// Triggers and indexes that follow from declarations, not from tables: rollups'. They come last and, where a table
    /// is changed, go first (not where indexes are made concurrently: those steps are counted). They belong to the
    /// models as they are: where the tables aren't these yet, they wait.
    void attach() {
        const auto first = std::ranges::find_if(out_.stages, [&](auto& s) {
            return (s.what == stage::kind::applying && !s.outside) || s.what == stage::kind::undoing || renames_;
        });
        auto there = there_;
        if (first != out_.stages.end()) {
            auto gone = drop_rollups(there_, base_->kind());
            first->steps.insert(first->steps.begin(), gone.begin(), gone.end());
            for (auto& [name, one] : there) one.triggers.clear();
        }
        const bool all = !to_.last || with_.up_to(*to_.last) == with_.all().size();
        out_.rollups_stand = all && (out_.unsaid.empty() || std::ranges::all_of(wanted_.models, [&](auto* one) {
                                         const auto* of = rollup_of(*one);
                                         return !of || has_its_columns(*of);
                                     }));
        if (!out_.rollups_stand) return;
        auto steps = what_hangs_wrong(there, rollup_objects(wanted_.models, base_->kind()), base_->kind());
        append(steps, forget_unwatched(there));
        if (!steps.empty()) out_.stages.push_back({stage::kind::attaching, "rollups", std::move(steps), {}});
    }

    /// Whether the migrations make all that the rollup is made of, whatever else they differ in from the models.
    bool has_its_columns(const rollup_info& of) const {
        const auto has = [&](const model_info& model, std::size_t field) {
            const auto* table = with_.end().find(model.table);
            return table &&
                   std::ranges::find(table->columns, model.fields[field].column, &column::name) != table->columns.end();
        };
        for (std::size_t i = 0; i < of.model->fields.size(); ++i)
            if (!has(*of.model, i)) return false;
        const bool any = of.where.what() != condition::kind::always;  // it may name any field
        for (std::size_t i = 0; i < of.source->fields.size(); ++i)
            if ((any || std::ranges::find(of.columns, i, &rollup_info::column::source) != of.columns.end()) &&
                !has(*of.source, i))
                return false;
        return true;
    }

    /// Rollups whose triggers didn't stand missed what was written meanwhile: as rebuild_new() finds them, they are
    /// new.
    std::vector<step> forget_unwatched(const shape& there) const {
        std::vector<step> out;
        const auto& known = model<rollup::croft_rollup>().table;
        if (!there_.contains(known)) return out;
        for (const auto* one : wanted_.models) {
            const auto* of = rollup_of(*one);
            if (of && !all_triggers_stand(there, rollup::objects_of(*of, base_->kind()), base_->kind()))
                out.push_back(
                    {step::kind::statement, fmt::format("DELETE FROM {} WHERE name = '{}'", known, of->model->name)});
        }
        return out;
    }

    template <class... Args>
    void problem(fmt::format_string<Args...> text, Args&&... args) {
        out_.problems.push_back(fmt::format(text, std::forward<Args>(args)...));
    }

    void compare_with_models() {
        const known renames{declared_renames(wanted_.models, names_in(with_.end())), {}};
        auto rest = compare(with_.end(), schema_of(wanted_.models), renames);
        for (auto& one : rest.operations) out_.unsaid.push_back(to_cpp(one));
        append(out_.unsaid, std::move(rest.problems));
    }

    db::database* base_;
    const wishes& wanted_;
    const program& with_;
    const goal& to_;
    shape there_;
    bool renames_ = false;  // growing or adopting gives something another name
    agenda out_;
};

std::string listed(const std::vector<std::string>& lines) { return fmt::format("{}", fmt::join(lines, "; ")); }

void require_possible(const agenda& now, const goal& to) {
    if (!now.problems.empty()) throw error("the database can't be migrated: " + listed(now.problems));
    for (auto& one : now.stages) {
        if (one.destroys.empty() || to.may == losing::anything) continue;
        if (one.what == stage::kind::undoing)
            throw error(fmt::format("undoing {} loses data ({}): --allow-destructive does it nevertheless", one.name,
                                    listed(one.destroys)));
        if (to.may == losing::nothing)
            throw error(
                fmt::format("applying {} loses data ({}), so it isn't done by itself: the command migrate does it",
                            one.name, listed(one.destroys)));
    }
}

bool same(const stage& a, const stage& b) { return a.what == b.what && a.name == b.name && a.steps == b.steps; }

class migrator {
public:
    migrator(db::database* base, const wishes& wanted, const program& with, const goal& to,
             const std::function<void(const stage&)>& tell)
        : base_(base), wanted_(wanted), with_(with), to_(to), tell_(tell) {}

    task<agenda> run() {
        agenda done;
        for (;;) {
            auto now = co_await look(base_, &wanted_, &with_, to_);
            require_possible(now, to_);
            std::erase_if(now.stages, [&](auto& s) { return std::ranges::find(once_, s.what) != once_.end(); });
            done.remarks = std::move(now.remarks);
            done.unsaid = std::move(now.unsaid);
            done.rollups_stand = now.rollups_stand;
            if (now.stages.empty()) {
                if (with_.empty()) co_await note_kinds(base_, kinds_of(schema_of(wanted_.models)));
                co_return done;
            }
            auto& next = now.stages.front();
            const bool performed =
                next.outside ? co_await perform_outside(base_, next.steps, find(next)) : co_await in_transaction(&next);
            if (!performed) continue;  // another process was first: look again
            if (next.what == stage::kind::growing || next.what == stage::kind::attaching) once_.push_back(next.what);
            if (tell_) tell_(next);
            done.stages.push_back(std::move(next));
        }
    }

private:
    const numbered* find(const stage& one) const {
        const auto at = std::ranges::find(with_.all(), one.name, &numbered::name);
        return at == with_.all().end() ? nullptr : &*at;
    }

    task<bool> in_transaction(const stage* of) {
        const auto& next = *of;
        bool performed = false;
        std::exception_ptr failure;
        std::function<task<>()> body = [&]() -> task<> {
            co_await lock(base_);
            const auto now = co_await look(base_, &wanted_, &with_, to_);
            const bool still = std::ranges::any_of(now.stages, [&](auto& s) { return same(s, next); });
            if (!still) co_return;
            co_await perform(base_, next.steps, next.name);
            co_await note(&next);
            performed = true;
        };
        const transaction_options options{.check_references_at_commit = rebuilds(next.steps)};
        try {
            co_await base_->transaction(body, options);
        } catch (...) {
            failure = std::current_exception();
        }
        if (failure) {
            if (options.check_references_at_commit) co_await base_->script("PRAGMA legacy_alter_table=OFF");
            if (performed) say_at_commit(next.name, failure);
            std::rethrow_exception(failure);
        }
        co_return performed;
    }

    [[noreturn]] static void say_at_commit(const std::string& name, const std::exception_ptr& failure) {
        try {
            std::rethrow_exception(failure);
        } catch (const std::exception& why) {
            std::throw_with_nested(error(fmt::format("{}: {}", name, why.what())));
        }
    }

    task<> note(const stage* of) {
        const auto& done = *of;
        const auto* migration = find(done);
        std::string sql;
        for (auto& one : done.steps) sql += to_text(one) + "\n";
        if (done.what == stage::kind::undoing)
            co_await forget(base_, done.name);
        else
            co_await remember(base_,
                              {.name = migration ? migration->name : "", .hash = migration ? migration->hash : ""},
                              std::move(sql));
    }

    db::database* base_;
    const wishes& wanted_;
    const program& with_;
    const goal& to_;
    const std::function<void(const stage&)>& tell_;
    std::vector<stage::kind> once_;  // done, and not to be done again whatever is found
};

}  // namespace

task<agenda> look(db::database* base, const wishes* wanted, const program* with, goal to) {
    co_return co_await looker(base, *wanted, *with, to).run();
}

task<agenda> migrate(db::database* base, const wishes* wanted, const program* with, goal to,
                     std::function<void(const stage&)> tell) {
    migrator work(base, *wanted, *with, to, tell);
    co_return co_await work.run();
}

task<agenda> make_tables(db::database* base, std::vector<const model_info*> models) {
    std::erase(models, &model<croft_migration>());
    const wishes wanted{{&model<croft_migration>()}, std::move(models)};
    const program none({});
    co_return co_await migrate(base, &wanted, &none, {});
}

}  // namespace croft::migrations
