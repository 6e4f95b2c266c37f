#include "migrate/steps.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "history/history.hpp"
#include "history/triggers.hpp"
#include "migrate/definition.hpp"
#include "model/sql.hpp"

namespace croft::migrations {

using model_schema::object;
using model_sql::identifier;

namespace {

relation gather(std::vector<object> objects) {
    relation made{std::move(objects.front()), {}, {}};
    for (std::size_t i = 1; i < objects.size(); ++i)
        (objects[i].what == object::kind::index ? made.indexes : made.attached).push_back(std::move(objects[i]));
    return made;
}

/// Columns that the model has lost stay readable in its versions.
void add_past(relation& versions, const table& of, db::engine engine) {
    table lost{.name = of.name, .columns = {id("croft_key")}};
    lost.columns.insert(lost.columns.end(), of.past.begin(), of.past.end());
    const described described_lost({}, lost);
    const auto& model = described_lost.model();
    for (std::size_t i = 1; i < model.fields.size(); ++i) {
        auto made = model_schema::column_of(model, model.fields[i], engine);
        made.definition = identifier(made.name) + " " + read_definition(made.definition).type;
        const auto& last = versions.table.columns.back().definition;
        versions.table.sql.insert(versions.table.sql.rfind(last) + last.size(), ",\n  " + made.definition);
        versions.table.columns.push_back(std::move(made));
    }
}

}  // namespace

std::vector<relation> relations_of(const schema& in, const table& of, db::engine engine) {
    const described one(in, of);
    const auto& model = one.model();
    std::vector<relation> made{gather(model_schema::objects_of(model, engine))};
    if (!of.has_versions()) return made;
    auto versions = gather(history::objects_of(model, engine));
    // Triggers stay with the history's table: they are made and dropped with it, whichever table they stand on.
    if (!of.history) std::erase_if(versions.attached, [&](auto& one) { return one.table != versions.table.name; });
    add_past(versions, of, engine);
    made.push_back(std::move(versions));
    return made;
}

std::string drop_statement(const object& what, db::engine engine) {
    if (what.what == object::kind::index) return "DROP INDEX " + identifier(what.name);
    if (what.what == object::kind::function) return fmt::format("DROP FUNCTION IF EXISTS {}()", identifier(what.name));
    if (what.what == object::kind::constraint)
        return fmt::format("ALTER TABLE {} DROP CONSTRAINT {}", identifier(what.table), identifier(what.name));
    if (engine == db::engine::sqlite) return "DROP TRIGGER IF EXISTS " + identifier(what.name);
    return fmt::format("DROP TRIGGER IF EXISTS {} ON {}", identifier(what.name), identifier(what.table));
}

namespace {

bool contains(const std::vector<object>& list, const object& one) {
    return std::ranges::any_of(list, [&](const object& o) { return o.name == one.name && o.sql == one.sql; });
}

class writer {
public:
    writer(const schema& before, const schema& after, db::engine engine)
        : before_(before), after_(after), engine_(engine) {}

    std::vector<step> steps() && { return std::move(out_); }

    void operator()(const create_table& s) {
        for (auto& made : relations_of(after_, *after_.find(s.table), engine_)) create(made);
    }
    void operator()(const drop_table& s) {
        auto gone = relations_of(before_, *before_.find(s.table), engine_);
        drop_attached(gone, {}, true);
        for (auto one = gone.rbegin(); one != gone.rend(); ++one) add("DROP TABLE " + identifier(one->table.name));
    }
    void operator()(const rename_table& s) { change(s.table, s.to, {}, {}); }
    void operator()(const add_column& s) {
        change(s.table, s.table, {}, {}, &s.column);
        follow(s.table);
    }
    void operator()(const drop_column& s) {
        change(s.table, s.table, {}, {});
        follow(s.table);
    }
    void operator()(const forget_column& s) { change(s.table, s.table, {}, {}); }
    void operator()(const rename_column& s) { change(s.table, s.table, s.column, s.to); }
    void operator()(const alter_column& s) {
        change(s.table, s.table, {}, {}, &s.column);
        follow(s.table);
    }
    void operator()(const add_unique& s) { change(s.table, s.table, {}, {}); }
    void operator()(const drop_unique& s) { change(s.table, s.table, {}, {}); }
    void operator()(const add_index& s) { change_index(s); }
    void operator()(const drop_index& s) { change_index(s); }
    void operator()(const add_check& s) { change(s.table, s.table, {}, {}); }
    void operator()(const drop_check& s) { change(s.table, s.table, {}, {}); }
    void operator()(const keep_history& s) { change(s.table, s.table, {}, {}); }
    void operator()(const end_history& s) { change(s.table, s.table, {}, {}); }
    void operator()(const drop_history& s) { change(s.table, s.table, {}, {}); }
    void operator()(const sql& s) {
        const auto& text = engine_ == db::engine::sqlite ? s.forward.sqlite : s.forward.postgres;
        if (!text.empty()) add(text);
    }
    void operator()(const data& s) { out_.push_back({step::kind::data, "changes of data in code", s.forward}); }

private:
    void add(std::string text) { out_.push_back({step::kind::statement, std::move(text)}); }

    void create(const relation& made) {
        create_table_only(made);
        for (auto& one : made.attached) add(one.sql);
    }

    void create_table_only(const relation& made) {
        add(made.table.sql);
        if (!made.table.fill.empty()) add(made.table.fill);
        for (auto& one : made.indexes) add(one.sql);
    }

    void change_index(const auto& s) {
        if (s.options.concurrently && engine_ == db::engine::postgres)
            change_concurrently(s.table);
        else
            change(s.table, s.table, {}, {});
    }

    /// Outside of a transaction, so that each may have been begun before.
    void change_concurrently(const std::string& table) {
        const auto from = relations_of(before_, *before_.find(table), engine_);
        const auto to = relations_of(after_, *after_.find(table), engine_);
        for (std::size_t i = 0; i < to.size(); ++i) {
            for (auto& one : from[i].indexes)
                if (!contains(to[i].indexes, one)) add("DROP INDEX CONCURRENTLY IF EXISTS " + identifier(one.name));
            for (auto& one : to[i].indexes) {
                if (contains(from[i].indexes, one)) continue;
                add("DROP INDEX CONCURRENTLY IF EXISTS " + identifier(one.name));
                auto create = one.sql;
                add(create.insert(create.find("INDEX ") + 6, "CONCURRENTLY "));
            }
        }
    }

    void change(const std::string& from_name, const std::string& to_name, const std::string& renamed_from,
                const std::string& renamed_to, const column* changed = nullptr) {
        const auto& old = *before_.find(from_name);
        const auto& made = *after_.find(to_name);
        const auto from = relations_of(before_, old, engine_);
        const auto to = relations_of(after_, made, engine_);
        const auto fills = changed ? fills_of(made, *changed) : std::map<std::string, std::string>();
        const bool comes_back = changed && std::ranges::find(old.past, changed->name, &column::name) != old.past.end();
        const bool begins_again = made.history && (old.history_ended || (comes_back && old.history));
        const column* was = changed ? old.find(changed->name) : nullptr;
        // Triggers see nothing of it, and may not stand in its way.
        const bool all_new = begins_again || was || changes_columns(from, to);
        std::optional<column> altered_from, altered_to;
        if (was) altered_from = stored(before_, *was), altered_to = stored(after_, *changed);
        drop_attached(from, to, all_new);
        for (std::size_t i = 0; i < from.size(); ++i) {
            if (i >= to.size()) {
                add("DROP TABLE " + identifier(from[i].table.name));
                continue;
            }
            std::string unlimited;
            if (i > 0 && ((comes_back && changed->type == field_type::text) || (was && was->max_length)))
                unlimited = changed->name;
            if (i > 0 && altered_to) altered_to->max_length = 0;
            change(from[i], to[i],
                   {from[i], to[i], renamed_from, renamed_to, fills, altered_from, altered_to, unlimited, out_});
        }
        if (was && made.history && !changed->is_nullable) fill_present(to.back(), fills);
        if (begins_again) {
            add(fmt::format("UPDATE {} SET history_to = {} WHERE history_to IS NULL", identifier(to.back().table.name),
                            history::now_sql(engine_)));
            add(to.back().table.fill);
        }
        if (to.size() > from.size()) create_table_only(to.back());
        for (std::size_t i = 0; i < to.size(); ++i)
            for (auto& one : to[i].attached)
                if (all_new || i >= from.size() || !contains(from[i].attached, one)) add(one.sql);
        for (auto& one : to)
            if (was_made_anew(one.table.name)) out_.push_back({step::kind::restore_others, one.table.name});
    }

    /// What rows get that have null, as SQL.
    std::map<std::string, std::string> fills_of(const table& in, const column& changed) const {
        const auto& initial = in.find(changed.name)->initial_value;
        if (changed.filling)
            return {
                {changed.name, model_schema::literal(value_of(after_, in.name, changed, *changed.filling), engine_)}};
        if (changed.is_nullable || is_null(initial)) return {};
        return {{changed.name, model_schema::literal(initial, engine_)}};
    }

    /// Where versions may have null and rows no more, the ones that hold now say what the rows say.
    void fill_present(const relation& versions, const std::map<std::string, std::string>& fills) {
        for (auto& [name, fill] : fills)
            if (std::ranges::find(versions.table.columns, name, &model_schema::column::name)->nullable)
                add(fmt::format("UPDATE {0} SET {1} = {2} WHERE {1} IS NULL AND history_to IS NULL",
                                identifier(versions.table.name), identifier(name), fill));
    }

    /// A reference that closes a cycle, or opens one, changes how those of the other tables in it are checked; a key
    /// that may be longer, what can be referred to.
    void follow(const std::string& table) {
        for (auto& [name, one] : after_.tables()) {
            if (name == table || !before_.find(name)) continue;
            if (changes_columns(relations_of(before_, *before_.find(name), engine_),
                                relations_of(after_, one, engine_)))
                change(name, name, {}, {});
        }
    }

    static bool changes_columns(const std::vector<relation>& from, const std::vector<relation>& to) {
        for (std::size_t i = 0; i < std::min(from.size(), to.size()); ++i)
            if (from[i].table.sql != to[i].table.sql) return true;
        return false;
    }

    void drop_attached(const std::vector<relation>& from, const std::vector<relation>& to, bool all) {
        for (std::size_t i = from.size(); i-- > 0;)
            for (auto one = from[i].attached.rbegin(); one != from[i].attached.rend(); ++one)
                if (all || i >= to.size() || goes(*one, to[i].attached)) add(drop_statement(*one, engine_));
    }

    /// A function is replaced, as the triggers that call it may stay.
    static bool goes(const object& one, const std::vector<object>& wanted) {
        if (one.what != object::kind::function) return !contains(wanted, one);
        return std::ranges::none_of(wanted, [&](auto& o) { return o.what == one.what && o.name == one.name; });
    }

    void change(const relation& from, const relation& to, const detail::transition& columns) {
        for (auto& one : from.indexes)
            if (!contains(to.indexes, one)) add(drop_statement(one, engine_));
        if (from.table.name != to.table.name)
            add(fmt::format("ALTER TABLE {} RENAME TO {}", identifier(from.table.name), identifier(to.table.name)));
        const bool anew = engine_ == db::engine::sqlite ? detail::change_columns_sqlite(columns)
                                                        : detail::change_columns_postgres(columns);
        for (auto& one : to.indexes)
            if (anew || !contains(from.indexes, one)) add(one.sql);
    }

    bool was_made_anew(const std::string& name) const {
        return std::ranges::find(out_, step{step::kind::keep_others, name}) != out_.end();
    }

    const schema& before_;
    const schema& after_;
    db::engine engine_;
    std::vector<step> out_;
};

}  // namespace

std::vector<step> steps_of(const operation& what, const schema& before, db::engine engine) {
    schema after = before;
    replay(after, what);
    writer steps(before, after, engine);
    std::visit(steps, what);
    return std::move(steps).steps();
}

namespace {

bool writes_rows(const operation& one) { return std::holds_alternative<sql>(one) || std::holds_alternative<data>(one); }

/// PostgreSQL changes no table while checks of its rows wait for the commit, as those of references in a circle do.
constexpr const char* check_now = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED";

}  // namespace

std::vector<step> steps_of(const std::vector<operation>& all, schema before, db::engine engine) {
    std::vector<step> made;
    bool unchecked = false;
    for (auto& one : all) {
        if (unchecked && !writes_rows(one)) made.push_back({step::kind::statement, check_now});
        unchecked = writes_rows(one) && engine == db::engine::postgres;
        for (auto& next : steps_of(one, before, engine)) made.push_back(std::move(next));
        replay(before, one);
    }
    return made;
}

bool rebuilds(const std::vector<step>& steps) {
    return std::ranges::any_of(steps, [](const step& one) { return one.what == step::kind::keep_others; });
}

std::string to_text(const step& one) {
    switch (one.what) {
        case step::kind::statement:
            return one.text + ";";
        case step::kind::keep_others:
            return fmt::format("-- indexes and triggers on {} that aren't Croft's are kept", one.text);
        case step::kind::carry_others:
            return fmt::format("-- columns of {} that aren't Croft's are kept", one.text);
        case step::kind::restore_others:
            return fmt::format("-- and made again on {}", one.text);
        case step::kind::data:
            return "-- " + one.text;
    }
    return {};
}

}  // namespace croft::migrations
