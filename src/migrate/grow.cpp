#include "migrate/grow.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "migrate/renames.hpp"
#include "model/sql.hpp"

namespace croft::migrations {

using model_sql::identifier;

namespace {

/// Reads `wanted`, under its names of before the renames, in `there`.
class reader {
public:
    reader(const shape& there, const shape& model, schema wanted, db::engine engine)
        : there_(there), model_(model), wanted_(std::move(wanted)), engine_(engine) {}

    growth run(const std::vector<model_schema::object>& extras, const schema& goal, const known& renames) && {
        for (auto& one : extras) make_extra(one);
        for (auto& [name, one] : wanted_.tables())
            if (there_.contains(name)) read_table(one);
        if (keyless_) return std::move(out_);  // what can't be read can't be compared
        for (auto& [name, one] : found_.tables()) repair(one);
        auto rest = compare(found_, goal, renames);
        for (auto& what : rest.problems) out_.problems.push_back(std::move(what));
        for (auto& operation : rest.operations) {
            for (auto& one : steps_of(operation, found_, engine_)) out_.steps.push_back(std::move(one));
            replay(found_, operation);
        }
        return std::move(out_);
    }

private:
    const table_shape* find(const std::string& name) const {
        const auto at = there_.find(name);
        return at == there_.end() ? nullptr : &at->second;
    }

    void add(std::string sql) { out_.steps.push_back({step::kind::statement, std::move(sql)}); }

    void make_extra(const model_schema::object& one) {
        const auto* there = find(one.name);
        if (there && there->columns == model_.at(one.name).columns) return;
        if (there) add("DROP TABLE " + identifier(one.name));
        add(one.sql);
    }

    void read_table(const table& wanted) {
        const auto& there = *find(wanted.name);
        const auto& model = model_.at(wanted.name);
        table made{.name = wanted.name};
        for (auto& one : there.columns) {  // in the order in which they are there: triggers name them in it
            const auto* known = wanted.find(one.name);
            if (known) {
                compare_columns(wanted.name, one, *model.find(one.name));
                made.columns.push_back(*known);
            } else {
                leave(wanted.name, one);
            }
        }
        const auto key = std::ranges::find_if(made.columns, &column::is_key);
        if (key == made.columns.end()) {
            keyless_ = true;
            return out_.problems.push_back(fmt::format("table {}: its primary key isn't there: the model's is {}",
                                                       wanted.name,
                                                       std::ranges::find_if(wanted.columns, &column::is_key)->name));
        }
        if (model.counts_keys && !there.counts_keys) count_keys(wanted.name, *there.find(key->name));
        read_history(wanted, there, made);
        for (auto& one : wanted.uniques) keep_if_there(made, &table::uniques, one, one);
        for (auto& one : wanted.indexes) {
            names columns;
            for (auto& part : one.parts) columns.push_back(part.column);
            keep_if_there(made, &table::indexes, one, columns);
        }
        made.checks = wanted.checks;  // compared as text, see below
        if (there.checks != model.checks) compare_checks(wanted.name, there, model);
        found_.add(std::move(made));
    }

    /// Adds a unique constraint or an index to `made` when its index is there as it should be.
    template <class T>
    void keep_if_there(table& made, std::vector<T> table::* list, const T& one, const names& columns) {
        for (auto& name : columns)
            if (!made.find(name)) return;
        table without{.name = made.name, .columns = made.columns};
        table with = without;
        (with.*list).push_back(one);
        const auto before = relations_of(wanted_, without, engine_).front().indexes;
        const auto after = relations_of(wanted_, with, engine_).front().indexes;
        for (auto& index : after)
            if (std::ranges::find(before, index.name, &model_schema::object::name) == before.end() && has(index))
                (made.*list).push_back(one);
    }

    void compare_checks(const std::string& table, const table_shape& there, const table_shape& model) {
        const auto lacks = [](const table_shape& in, const std::string& column, const table_shape& other) {
            return std::ranges::any_of(in.checks, [&](auto& one) {
                return speaks_of(one, column) && std::ranges::find(other.checks, one) == other.checks.end();
            });
        };
        for (auto& key : model.columns)
            if (key.key && lacks(model, key.name, there) && lacks(there, key.name, model))
                out_.problems.push_back(fmt::format(
                    "table {}: what its key column {} may be has changed: a migration makes that", table, key.name));
        for (auto& one : model.checks)
            if (std::ranges::find(there.checks, one) == there.checks.end())
                out_.remarks.push_back(fmt::format("table {}: CHECK ({}) is missing", table, one));
        for (auto& one : there.checks)
            if (std::ranges::find(model.checks, one) == model.checks.end())
                out_.remarks.push_back(fmt::format("table {}: CHECK ({}) is not in the model", table, one));
    }

    bool has(const model_schema::object& index) const {
        const auto& have = find(index.table)->indexes;
        const auto at = have.find(index.name);
        const auto model = model_.find(index.table);  // none: a history that was ended
        if (model == model_.end()) return at != have.end();
        const auto as = model->second.indexes.find(index.name);
        return at != have.end() && (as == model->second.indexes.end() || at->second == as->second);
    }

    void compare_columns(const std::string& table, const column_shape& there, const column_shape& model) {
        if (there == model) return;
        auto tolerant = there;
        tolerant.initial = model.initial;
        tolerant.target_column = model.target_column;
        if (model.key) tolerant.not_null = model.not_null;  // SQLite's keys needn't say so
        auto text = fmt::format("table {}: column {} is {} in the database and {} in the model", table, there.name,
                                to_text(there), to_text(model));
        (tolerant == model ? out_.remarks : out_.problems).push_back(std::move(text));
    }

    /// The model's key is assigned by the database, and the table doesn't do so, or not as it should.
    void count_keys(const std::string& table, const column_shape& key) {
        if (engine_ == db::engine::sqlite)
            return out_.remarks.push_back(fmt::format(
                "table {}: it was made without AUTOINCREMENT, so keys of rows that were removed are given out again",
                table));
        if (!key.initial.empty()) return;  // in a way of its own
        const auto name = identifier(table), column = identifier(key.name);
        add(fmt::format("ALTER TABLE {} ALTER COLUMN {} ADD GENERATED BY DEFAULT AS IDENTITY", name, column));
        add(fmt::format("SELECT setval(pg_get_serial_sequence({}, {}), coalesce(max({}), 0) + 1, false) FROM {}",
                        model_schema::literal(name, engine_), model_schema::literal(key.name, engine_), column, name));
    }

    void leave(const std::string& table, const column_shape& there) {
        const bool harmless = !there.not_null || !there.initial.empty() || there.generated;
        if (harmless)
            out_.remarks.push_back(fmt::format("table {}: column {} is not in the model", table, there.name));
        else
            out_.problems.push_back(fmt::format(
                "table {}: column {} is not in the model, and rows can't be written without it", table, there.name));
    }

    void read_history(const table& wanted, const table_shape& there, table& made) {
        const auto* versions = find(history_table(wanted.name));
        if (!versions) return;
        constexpr std::string_view writers[] = {"insert", "update", "delete", "replace", "rekey", "truncate"};
        const bool kept = std::ranges::any_of(writers, [&](auto writer) {
            return there.triggers.contains(model_schema::object_name({history_table(wanted.name), writer}));
        });
        made.history_ended = !kept;
        if (kept) {
            made.history = names{};
            for (auto& name : wanted.history.value_or(names{}))
                if (made.find(name)) made.history->push_back(name);
        }
        for (auto& one : versions->columns) {  // theirs that aren't the table's own any more
            if (made.find(one.name) || one.name.starts_with("history_")) continue;
            const auto* known = wanted.find(one.name);
            made.past.push_back(known ? *known : text(one.name));
        }
    }

    static std::string history_table(const std::string& table) { return table + "_history"; }

    /// Indexes and triggers of Croft's that no operation stands for: they follow from the table.
    void repair(const table& found) {
        for (auto& relation : relations_of(wanted_, found, engine_)) {
            const auto& there = *find(relation.table.name);
            for (auto& one : relation.indexes) {
                if (has(one)) continue;
                if (there.indexes.contains(one.name)) add("DROP INDEX " + identifier(one.name));
                add(one.sql);
            }
            for (auto& one : relation.attached) {
                if (one.what == model_schema::object::kind::constraint) continue;  // compared with its column
                const auto& triggers = find(one.table)->triggers;
                const auto at = triggers.find(one.name);
                if (at != triggers.end() && is_same_trigger(one, at->second, engine_)) continue;
                if (at != triggers.end() && one.what == model_schema::object::kind::trigger)
                    add(drop_statement(one, engine_));
                add(one.sql);
            }
        }
    }

    const shape& there_;
    const shape& model_;
    const schema wanted_;
    db::engine engine_;
    schema found_;
    growth out_;
    bool keyless_ = false;  // some table
};

}  // namespace

growth what_is_missing(const shape& there, const shape& model, const schema& wanted,
                       const std::vector<model_schema::object>& extras, db::engine engine,
                       const std::vector<renaming>& renames) {
    return reader(there, model, undone(wanted, renames), engine).run(extras, wanted, {renames, {}});
}

namespace {

/// Whether a trigger is one of a rollup, by its name.
bool is_rollups(std::string_view name) {
    static constexpr std::string_view ends[] = {"insert", "update", "delete", "truncate"};
    const auto at = name.rfind("_rollup_");
    return at != name.npos && std::ranges::any_of(ends, [&](auto end) { return name.substr(at + 8).starts_with(end); });
}

model_schema::object trigger(const std::string& table, const std::string& name) {
    return {model_schema::object::kind::trigger, name, table, {}};
}

bool stands(const shape& there, const model_schema::object& one, db::engine engine) {
    const auto table = there.find(one.table);
    if (table == there.end()) return false;
    if (one.what == model_schema::object::kind::index) return table->second.indexes.contains(one.name);
    const auto at = table->second.triggers.find(one.name);
    return at != table->second.triggers.end() && is_same_trigger(one, at->second, engine);
}

}  // namespace

bool is_same_trigger(const model_schema::object& one, const std::string& there, db::engine engine) {
    if (engine == db::engine::sqlite) return there == one.sql;
    return one.what != model_schema::object::kind::function || one.sql.contains(there);
}

std::vector<step> what_hangs_wrong(const shape& there, const std::vector<model_schema::object>& wanted,
                                   db::engine engine) {
    std::vector<step> out;
    for (auto& one : wanted) {
        if (stands(there, one, engine)) continue;
        if (one.what == model_schema::object::kind::trigger)
            out.push_back({step::kind::statement, drop_statement(one, engine)});
        out.push_back({step::kind::statement, one.sql});
    }
    for (auto& [table, shape] : there)
        for (auto& [name, text] : shape.triggers)
            if (is_rollups(name) && std::ranges::find(wanted, name, &model_schema::object::name) == wanted.end())
                out.push_back({step::kind::statement, drop_statement(trigger(table, name), engine)});
    return out;
}

bool all_triggers_stand(const shape& there, const std::vector<model_schema::object>& wanted, db::engine engine) {
    return std::ranges::all_of(
        wanted, [&](auto& one) { return one.what == model_schema::object::kind::index || stands(there, one, engine); });
}

std::vector<step> drop_rollups(const shape& there, db::engine engine) { return what_hangs_wrong(there, {}, engine); }

}  // namespace croft::migrations
