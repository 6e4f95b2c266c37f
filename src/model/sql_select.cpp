#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "model/sql.hpp"

namespace croft::model_sql {

namespace {

/// What a SELECT of this selection gives, in order.
std::vector<expression> outputs(const selection& what) {
    std::vector<expression> all = what.groups;
    all.insert(all.end(), what.columns.begin(), what.columns.end());
    if (all.empty())
        for (std::size_t i = 0; i < what.model->fields.size(); ++i) all.emplace_back(path{what.model, {i}});
    return all;
}

bool is_grouped(const selection& what) {
    return !what.groups.empty() || std::ranges::any_of(what.columns, &expression::aggregates);
}

/// Of JSON the engines have ideas of their own: whether {"a":1,"b":2} is {"b":2,"a":1}, and which is less.
void require_comparable(const expression& e) {
    if (e.stored_type() == field_type::json)
        throw error(e.describe() + " is JSON: rows can't be ordered, grouped or made distinct by it");
}

/// Throws croft::error unless it is the same for all rows of a group.
void require_grouped(const selection& what, const expression& e) {
    if (!e.root() || e.what() >= operation::count_rows || std::ranges::find(what.groups, e) != what.groups.end())
        return;
    if (e.what() == operation::field)
        throw error(e.describe() + " is neither grouped by nor aggregated: it differs within a group");
    for (auto& one : e.operands()) require_grouped(what, one);
}

void require_grouped(const selection& what, const condition& c) {
    switch (c.what()) {
        case condition::kind::always:
            return;
        case condition::kind::compare:
        case condition::kind::in_query:
            require_grouped(what, c.left());
            if (c.what() == condition::kind::compare && c.other()) require_grouped(what, *c.other());
            return;
        case condition::kind::related: {
            const auto& from = c.through().from;
            return require_grouped(what, from.steps.empty() ? path{what.model, {what.model->id}} : from);
        }
        default:
            for (auto& part : c.parts()) require_grouped(what, part);
    }
}

void require_sound(const selection& what) {
    if (what.having.what() != condition::kind::always && !is_grouped(what))
        throw error(what.model->name + ": having() is for group_by(); where() selects rows");
    if (is_grouped(what)) {
        for (auto& group : what.groups) {
            require_comparable(group);
            if (group.aggregates()) throw error(group.describe() + " is an aggregate: rows can't be grouped by it");
        }
        for (auto& column : what.columns) require_grouped(what, column);
        for (auto& order : what.order) require_grouped(what, order.by);
        require_grouped(what, what.having);
    }
    if (what.distinct) std::ranges::for_each(outputs(what), require_comparable);
    if (what.lock != row_lock::none && (is_grouped(what) || what.distinct || what.as_of))
        throw error(what.model->name + ": only rows themselves can be locked, not groups, distinct values or the past");
}

void write_columns(scope& from, const selection& what, std::span<const std::size_t> fields) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (i) from.out() << ", ";
        from.out().column(what.model->fields[fields[i]], from.alias());
    }
}

void write_nulls(builder& out, const ordering& order) {
    if (!order.by.nullable()) return;
    const bool first = order.nulls == nulls::first || (order.nulls == nulls::as_least && !order.descending);
    const bool by_itself = out.sqlite() == (first != order.descending);  // SQLite: null is least; PostgreSQL: greatest
    if (!by_itself) out << (first ? " NULLS FIRST" : " NULLS LAST");
}

bool is_computed(const expression& e) { return e.what() >= operation::add && e.what() <= operation::remainder; }

/// Of distinct values, and of what is computed (so that it is computed once), the place among what is shown is named.
void write_order_list(scope& from, const std::vector<ordering>& orders, bool distinct = false,
                      std::span<const expression> shown = {}) {
    auto& out = from.out();
    for (std::size_t i = 0; i < orders.size(); ++i) {
        const auto& order = orders[i];
        if (i) out << ", ";
        const auto at = distinct || is_computed(order.by) ? std::ranges::find(shown, order.by) : shown.end();
        if (at != shown.end())
            out << std::to_string(at - shown.begin() + 1);
        else
            from.write_ordered(order.by);
        if (order.descending) out << " DESC";
        write_nulls(out, order);
    }
}

}  // namespace

std::vector<ordering> total_order(const selection& what) {
    auto orders = what.order;
    for (auto& order : orders) require_comparable(order.by);
    const auto add = [&](const expression& e) {
        if (std::ranges::find(orders, e, &ordering::by) == orders.end()) orders.push_back({e});
    };
    if (is_grouped(what)) {
        for (auto& group : what.groups) add(group);
    } else if (what.distinct) {
        for (auto& column : outputs(what)) add(column);
    } else {
        const auto& keys = what.model->keys;
        if (keys.size() == 1 && !orders.empty()) {
            const expression id(path{what.model, {what.model->id}});
            if (const auto at = std::ranges::find(orders, id, &ordering::by); at != orders.end())
                orders.erase(at + 1, orders.end());  // what comes after a unique field orders nothing
        }
        for (auto key : keys) add(path{what.model, {key}});
    }
    return orders;
}

void order_first_by(selection& what, std::size_t field) {
    what.order.insert(what.order.begin(), {path{what.model, {field}}});
}

namespace {

void require_limits(const selection& what) {
    if (what.limit.value_or(0) < 0 || what.offset < 0)
        throw error(fmt::format("{}: a limit or an offset is 0 or more, not {}", what.model->name,
                                what.offset < 0 ? what.offset : *what.limit));
}

void write_limit(builder& out, const selection& what) {
    require_limits(what);
    if (!what.limit && what.offset == 0) return;
    out << " LIMIT ";
    if (what.limit || out.sqlite())
        out.bind(what.limit.value_or(-1));
    else
        out << "ALL";
    if (what.offset == 0) return;
    out << " OFFSET ";
    out.bind(what.offset);
}

void write_lock(scope& from, const selection& what) {
    if (what.lock == row_lock::none || from.out().sqlite()) return;  // SQLite: the writer is alone anyway
    from.out() << " FOR UPDATE OF " << from.alias();
    if (what.lock == row_lock::skip_locked) from.out() << " SKIP LOCKED";
    if (what.lock == row_lock::no_wait) from.out() << " NOWAIT";
}

void write_groups(scope& from, const selection& what) {
    for (std::size_t i = 0; i < what.groups.size(); ++i) {
        from.out() << (i ? ", " : " GROUP BY ");
        from.write(what.groups[i]);
    }
}

/// SELECT … FROM … WHERE … GROUP BY … HAVING …
void write_body(scope& from, const selection& what, std::span<const expression> shown) {
    auto& out = from.out();
    out << (what.distinct ? "SELECT DISTINCT " : "SELECT ");
    for (std::size_t i = 0; i < shown.size(); ++i) {
        if (i) out << ", ";
        what.distinct ? from.write_ordered(shown[i]) : from.write(shown[i]);
    }
    out << " FROM ";
    from.write_from();
    from.write_clause(" WHERE ", what.where);
    write_groups(from, what);
    from.write_clause(" HAVING ", what.having);
}

void write_order(scope& from, const selection& what, std::span<const expression> shown) {
    const auto orders = total_order(what);
    if (orders.empty()) return;
    if (what.distinct)
        for (auto& order : orders)
            if (std::ranges::find(shown, order.by) == shown.end())
                throw error(
                    fmt::format("distinct rows can't be ordered by {}, which isn't selected", order.by.describe()));
    from.out() << " ORDER BY ";
    write_order_list(from, orders, what.distinct, shown);
}

}  // namespace

void write_select(builder& out, const selection& what) {
    require_sound(what);
    scope from(out, what);
    write_body(from, what, what.columns);
    if (!what.limit && what.offset == 0) return;  // a set, for IN
    write_order(from, what, what.columns);
    write_limit(out, what);
}

namespace {

db::statement finish_reading(builder out) {
    auto made = std::move(out).finish();
    made.only_reads = true;
    return made;
}

}  // namespace

db::statement select(const selection& what, db::engine engine) {
    require_sound(what);
    builder out(engine);
    scope from(out, what);
    const auto shown = outputs(what);
    write_body(from, what, shown);
    write_order(from, what, shown);
    write_limit(out, what);
    write_lock(from, what);
    return finish_reading(std::move(out));
}

db::statement select(const selection& what, std::span<const std::size_t> fields, db::engine engine) {
    builder out(engine);
    scope from(out, what);
    out << "SELECT ";
    write_columns(from, what, fields);
    out << " FROM ";
    from.write_from();
    from.write_clause(" WHERE ", what.where);
    out << " ORDER BY ";
    write_order_list(from, total_order(what));
    write_limit(out, what);
    write_lock(from, what);
    return finish_reading(std::move(out));
}

db::statement select_in_groups(const selection& what, std::span<const std::size_t> fields, std::size_t group,
                               db::engine engine) {
    require_limits(what);
    builder out(engine);
    scope from(out, what);
    out << "SELECT ";
    for (std::size_t i = 0; i < fields.size(); ++i) (i ? out << ", " : out).column(what.model->fields[fields[i]]);
    out << " FROM (SELECT ";
    write_columns(from, what, fields);
    out << ", row_number() OVER (PARTITION BY ";
    from.write(path{what.model, {group}});
    out << " ORDER BY ";
    write_order_list(from, total_order(what));
    out << ") AS croft_place FROM ";
    from.write_from();
    from.write_clause(" WHERE ", what.where);
    out << ") AS croft_rows WHERE croft_place > ";
    out.bind(what.offset);
    if (what.limit && *what.limit <= std::numeric_limits<std::int64_t>::max() - what.offset) {
        out << " AND croft_place <= ";
        out.bind(what.offset + *what.limit);
    }
    out << " ORDER BY croft_place";
    return finish_reading(std::move(out));
}

db::statement count(const selection& what, db::engine engine) {
    selection plain = what;
    plain.order.clear();
    plain.limit.reset();
    plain.offset = 0;
    builder out(engine);
    out << "SELECT count(*) FROM ";
    if (is_grouped(what) || what.distinct) {
        require_sound(plain);
        scope from(out, plain);
        out << "(";
        write_body(from, plain, outputs(plain));
        out << ") AS croft_rows";
        return finish_reading(std::move(out));
    }
    plain.columns.clear();
    scope from(out, plain);
    from.write_from();
    from.write_clause(" WHERE ", plain.where);
    return finish_reading(std::move(out));
}

}  // namespace croft::model_sql
