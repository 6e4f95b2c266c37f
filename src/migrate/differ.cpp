#include "migrate/differ.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "migrate/conversion.hpp"
#include "migrate/print.hpp"

namespace croft::migrations {
namespace {

bool contains(const auto& list, const auto& one) { return std::ranges::find(list, one) != list.end(); }

bool widens(field_type from, field_type to) {
    using enum field_type;
    const auto size = [](field_type t) { return t == integer16 ? 1 : t == integer32 ? 2 : t == integer64 ? 3 : 0; };
    if (from == to || to == text) return true;
    return size(from) && size(to) ? size(from) < size(to) : false;
}

/// The tables of `some`, each after those it refers to; with `late`, the references that then still point forward.
struct creation_order {
    std::vector<std::string> tables;
    std::set<std::pair<std::string, std::string>> late;  // table, column
};

class sorter {
public:
    sorter(const schema& in, const std::set<std::string>& some) : in_(in), some_(some) {}
    creation_order order() && {
        for (auto& name : some_) visit(name);
        std::set<std::string> made;
        for (auto& name : out_.tables) {
            made.insert(name);
            for (auto& one : in_.find(name)->columns)
                if (some_.contains(one.target) && !made.contains(one.target)) out_.late.emplace(name, one.name);
        }
        return std::move(out_);
    }

private:
    void visit(const std::string& name) {
        if (!seen_.insert(name).second) return;
        for (auto& one : in_.find(name)->columns)
            if (some_.contains(one.target)) visit(one.target);
        out_.tables.push_back(name);
    }

    const schema& in_;
    const std::set<std::string>& some_;
    std::set<std::string> seen_;
    creation_order out_;
};

class comparer {
public:
    comparer(schema from, const schema& goal, const known& decided)
        : now_(std::move(from)), goal_(goal), decided_(decided) {}

    /// What is there once what was decided has its new name.
    schema renamed() && {
        rename();
        return std::move(now_);
    }

    difference run() && {
        rename();
        for (auto& [name, wanted] : goal_.tables())
            if (now_.find(name)) take_from(wanted);
        create_tables();
        for (auto& [name, wanted] : goal_.tables())
            if (!created_.contains(name)) change_columns(wanted);
        for (auto& [name, wanted] : goal_.tables()) finish(wanted);
        drop_tables();
        require_used_fills();
        return std::move(out_);
    }

private:
    void emit(operation step) {
        replay(now_, step);
        out_.operations.push_back(std::move(step));
    }

    void rename() {
        for (auto& one : decided_.renames)
            if (one.column.empty()) emit(rename_table{one.table, one.to});
        for (auto& one : decided_.renames)
            if (!one.column.empty()) {
                drop_what_speaks_of(one.table, one.column);
                emit(rename_column{one.table, one.column, one.to});
            }
    }

    /// Under the new name it is made again, as something new.
    void drop_what_speaks_of(const std::string& name, const std::string& column) {
        const auto* there = now_.find(name);
        if (!there) return;  // which replaying tells
        const table in = *there;
        for (auto& one : in.indexes)
            if (speaks_of(one.where, column)) emit(drop_index{name, one.parts, {one.where, one.unique}});
        for (auto& one : in.checks)
            if (speaks_of(one.condition, column)) emit(drop_check{name, one.name});
    }

    void take_from(const table& wanted) {
        const table there = *now_.find(wanted.name);
        if (there.history && !wanted.history) emit(end_history{wanted.name});
        for (auto& columns : there.uniques)
            if (!contains(wanted.uniques, columns)) emit(drop_unique{wanted.name, columns});
        for (auto& one : there.indexes)
            if (!contains(wanted.indexes, one)) emit(drop_index{wanted.name, one.parts, {one.where, one.unique}});
        for (auto& one : there.checks)
            if (!contains(wanted.checks, one)) emit(drop_check{wanted.name, one.name});
        for (auto& one : there.columns) {
            if (wanted.find(one.name)) continue;
            if (one.is_key) {
                problem(wanted.name, one.name, "is the primary key, and isn't in the model any more");
                continue;
            }
            out_.destroys.push_back(fmt::format("{}.{} is dropped", wanted.name, one.name));
            emit(drop_column{wanted.name, one.name});
        }
    }

    void create_tables() {
        std::set<std::string> fresh;
        for (auto& [name, wanted] : goal_.tables())
            if (!now_.find(name)) fresh.insert(name);
        const auto order = sorter(goal_, fresh).order();
        for (auto& name : order.tables) {
            const auto& wanted = *goal_.find(name);
            create_table step{name, {}};
            bool whole = true;
            for (auto& one : wanted.columns)
                order.late.contains({name, one.name}) ? void(whole = false) : step.columns.push_back(one);
            emit(std::move(step));
            created_.insert(name);
            if (whole) finish(wanted);
        }
        for (auto& [name, column] : order.late) emit(add_column{name, *goal_.find(name)->find(column)});
    }

    void change_columns(const table& wanted) {
        for (auto& one : wanted.columns) {
            const auto* there = now_.find(wanted.name)->find(one.name);
            if (!there)
                add(wanted, one);
            else if (!(*there == one))
                alter(wanted, *there, one);
        }
    }

    std::optional<value> fill_for(const table& of, const column& one) {
        const auto at = decided_.fills.find(of.name + "." + one.name);
        if (at == decided_.fills.end()) return std::nullopt;
        filled_.insert(at->first);
        try {
            return value_of(goal_, of.name, one, at->second);
        } catch (const error& wrong) {
            out_.problems.push_back(fmt::format("--fill {}: {}", at->first, wrong.what()));
            return std::nullopt;
        }
    }

    void require_used_fills() {
        for (auto& [name, ignored] : decided_.fills)
            if (!filled_.contains(name))
                out_.problems.push_back(
                    fmt::format("--fill {}: there is no such column that is new or becomes required", name));
    }

    void add(const table& to, column one) {
        one.filling = fill_for(to, one);
        if (!fits_its_past(now_, *now_.find(to.name), one))
            return problem(to.name, one.name,
                           "is new, and the history has an earlier column of that name and another type: choose "
                           "another name, or write a migration with forget_column first");
        if (one.is_key) return problem(to.name, one.name, "would become the primary key of a table that has one");
        if (!one.is_nullable && is_null(one.initial_value) && !one.filling) {
            problem(
                to.name, one.name,
                fmt::format("is new and required, and rows that are there need a value: make it std::optional, or say "
                            "--fill {}.{}=KEY",
                            to.name, one.name));
            one.is_nullable = true;  // so that what comes after can be compared
        }
        emit(add_column{to.name, std::move(one)});
    }

    void alter(const table& in, const column& there, column one) {
        if (!may_become(there, one)) return refuse_key(in, there, one);
        const auto from = stored(now_, there).type, to = stored(goal_, one).type;
        if (!can_become(from, to))
            return problem(in.name, one.name,
                           fmt::format("was {} and would be {}, and no value of one is a value of the other: give the "
                                       "new one another name, fill it in a migration's data(), then drop the old one",
                                       function_of(there), function_of(one)));
        if (!widens(there.type, one.type) || there.target != one.target || one.scale < there.scale)
            out_.destroys.push_back(
                fmt::format("{}.{} gets another type: values that don't fit are refused or change their "
                            "meaning",
                            in.name, one.name));
        if (there.is_nullable && !one.is_nullable) {
            one.filling = fill_for(in, one);
            if (!one.filling && !is_null(one.initial_value)) one.filling = one.initial_value;
        }
        emit(alter_column{in.name, std::move(one)});
    }

    void refuse_key(const table& in, const column& there, const column& one) {
        if (there.is_key && there.target != one.target)
            return problem(
                in.name, one.name,
                fmt::format("is part of the primary key and refers to {}, where the model says {}: that isn't "
                            "made by itself. If these rows go on in another table, --rename {}=NEW says so",
                            there.target, one.target, in.name));
        problem(in.name, one.name,
                "is (or becomes) part of the primary key: a change of that, or of its type, isn't made by itself");
    }

    /// Uniques, indexes and history.
    void finish(const table& wanted) {
        const table there = *now_.find(wanted.name);
        for (auto& columns : wanted.uniques)
            if (!contains(there.uniques, columns)) emit(add_unique{wanted.name, columns});
        for (auto& one : wanted.indexes)
            if (!contains(there.indexes, one)) emit(add_index{wanted.name, one.parts, {one.where, one.unique}});
        for (auto& one : wanted.checks)
            if (!contains(there.checks, one)) emit(add_check{wanted.name, one.name, one.condition});
        if (wanted.history && there.history != wanted.history) emit(keep_history{wanted.name, *wanted.history});
    }

    void drop_tables() {
        std::set<std::string> gone;
        for (auto& [name, there] : now_.tables())
            if (!goal_.find(name)) gone.insert(name);
        const auto order = sorter(now_, gone).order();
        for (auto& [name, column] : order.late) {
            const table there = *now_.find(name);
            for (auto& columns : there.uniques)
                if (contains(columns, column)) emit(drop_unique{name, columns});
            for (auto& one : there.indexes)
                if (std::ranges::find(one.parts, column, &index_part::column) != one.parts.end())
                    emit(drop_index{name, one.parts, {one.where, one.unique}});
            emit(drop_column{name, column});
        }
        for (auto name = order.tables.rbegin(); name != order.tables.rend(); ++name) {
            out_.destroys.push_back(fmt::format("the table {} is dropped{}", *name,
                                                now_.find(*name)->has_versions() ? ", with its history" : ""));
            emit(drop_table{*name});
        }
    }

    void problem(const std::string& table, const std::string& column, std::string_view what) {
        out_.problems.push_back(fmt::format("{}.{} {}", table, column, what));
    }

    schema now_;
    const schema& goal_;
    const known& decided_;
    difference out_;
    std::set<std::string> created_, filled_;
};

}  // namespace

difference compare(const schema& from, const schema& goal, const known& decided) {
    return comparer(from, goal, decided).run();
}

namespace {

/// Of the columns that `b` has, how many `a` has too.
std::size_t shared_columns(const table& a, const table& b) {
    return static_cast<std::size_t>(std::ranges::count_if(b.columns, [&](const column& one) {
        const auto* other = a.find(one.name);
        return other && other->type == one.type;
    }));
}

void possible_columns(const table& from, const table& goal, std::vector<renaming>& out) {
    std::set<std::string> taken;
    for (auto& fresh : goal.columns) {
        if (from.find(fresh.name)) continue;
        for (auto& gone : from.columns)
            if (!goal.find(gone.name) && gone.type == fresh.type && gone.target == fresh.target && !gone.is_key &&
                taken.insert(gone.name).second) {
                out.push_back({goal.name, gone.name, fresh.name});
                break;
            }
    }
}

}  // namespace

std::vector<renaming> possible_renames(const schema& from, const schema& goal, const known& decided) {
    const schema now = comparer(from, goal, decided).renamed();
    std::vector<renaming> out;
    std::set<std::string> taken;
    for (auto& [name, fresh] : goal.tables()) {
        if (const auto* there = now.find(name)) {
            possible_columns(*there, fresh, out);
            continue;
        }
        for (auto& [old, gone] : now.tables())
            if (!goal.find(old) && !taken.contains(old) && 2 * shared_columns(gone, fresh) > fresh.columns.size() &&
                2 * shared_columns(fresh, gone) > gone.columns.size()) {
                taken.insert(old);
                out.push_back({old, "", name});
                break;
            }
    }
    return out;
}

namespace {

/// Models say nothing of versions that outlive their columns or their history; the way back brings these too.
void restore_versions(schema now, const schema& before, difference& back) {
    const auto emit = [&](operation step) {
        replay(now, step);
        back.operations.push_back(std::move(step));
    };
    const auto has = [](const columns& list, const column& one) {
        return std::ranges::find(list, one.name, &column::name) != list.end();
    };
    for (auto& [name, was] : before.tables()) {
        const table is = *now.find(name);
        if (was.has_versions() && !is.has_versions()) emit(keep_history{name});
        for (auto& lost : was.past) {
            if (has(is.past, lost)) continue;
            emit(add_column{name, lost});
            emit(drop_column{name, lost.name});
        }
        for (auto& left : is.past)
            if (!has(was.past, left)) emit(forget_column{name, left.name});
        if (was.history_ended && !now.find(name)->history_ended) emit(end_history{name});
    }
}

}  // namespace

std::optional<difference> inverse(const operation& step, const schema& before) {
    if (const auto* raw = std::get_if<sql>(&step)) {
        if (!raw->backward) return std::nullopt;
        return difference{{sql{*raw->backward, raw->forward}}, {}, {}};
    }
    if (const auto* work = std::get_if<data>(&step)) {
        if (!work->backward) return std::nullopt;
        return difference{{data{work->backward, work->forward}}, {}, {}};
    }
    if (const auto* kept = std::get_if<keep_history>(&step); kept && !before.find(kept->table)->has_versions())
        return difference{{drop_history{kept->table}}, {fmt::format("the history of {} is dropped", kept->table)}, {}};
    schema after = before;
    replay(after, step);
    known back;
    if (const auto* table = std::get_if<rename_table>(&step)) back.renames = {{table->to, "", table->table}};
    if (const auto* column = std::get_if<rename_column>(&step))
        back.renames = {{column->table, column->to, column->column}};
    auto made = compare(after, before, back);
    for (auto& one : made.operations) replay(after, one);
    restore_versions(std::move(after), before, made);
    return made;
}

}  // namespace croft::migrations
