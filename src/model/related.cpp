#include "croft/related.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "model/rows.hpp"
#include "model/sql.hpp"
#include "model/value_hash.hpp"

namespace croft::detail {

namespace {

using rows_below = std::vector<void*>;  // loaded<T>*, of one T

value member_of_row(const field_info& field, const void* row) {
    return field.get(static_cast<const char*>(row) + field.offset);
}

template <class T>
using keyed = std::unordered_map<value, T, value_hash>;

/// The vector of rows that a parent gets.
struct rows_of_parent {
    std::shared_ptr<void> rows;
    std::size_t coming = 0;
};

/// The rows whose field is one of the keys. With a limit, that many for each key.
task<db::row_set> fetch(const related_plan* plan, std::size_t field, std::vector<value> keys,
                        std::optional<time_point> as_of) {
    auto what = plan->what;
    if (!what.as_of) what.as_of = as_of;
    what.where = one_of(path{what.model, {field}}, std::move(keys)) && std::move(what.where);
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < what.model->fields.size(); ++i) all.push_back(i);
    auto& base = db::current();
    const bool limited = what.limit || what.offset;
    if (!limited && field != what.model->id) model_sql::order_first_by(what, field);
    co_return co_await base.read(limited ? model_sql::select_in_groups(what, all, field, base.kind())
                                         : model_sql::select(what, all, base.kind()));
}

rows_below pointers(void* rows, const loaded_rows& how) {
    rows_below all;
    for (std::size_t i = 0, count = how.count(rows); i < count; ++i) all.push_back(how.at(rows, i));
    return all;
}

struct family {
    rows_below parents;
    const model_info* model;
    const loaded_rows* how;
    std::optional<time_point> as_of;
};

/// An empty vector of rows for each parent, by its key; the keys are put down in `keys`.
keyed<rows_of_parent> empty_rows(const family& of, const related_plan& plan, std::vector<value>& keys) {
    const auto& key = of.model->fields[of.model->id];
    keyed<rows_of_parent> all;
    all.reserve(of.parents.size());
    for (auto* parent : of.parents) {
        const auto [at, fresh] = all.try_emplace(member_of_row(key, parent));
        if (fresh) {
            at->second.rows = plan.rows->make();
            keys.push_back(at->first);
        }
        of.how->fetched_along(parent).push_back({plan.relation, at->second.rows});
    }
    return all;
}

rows_below pointers(const keyed<rows_of_parent>& all, const std::vector<value>& keys, const loaded_rows& how) {
    rows_below rows;
    for (const auto& key : keys) {
        const auto some = pointers(all.at(key).rows.get(), how);
        rows.insert(rows.end(), some.begin(), some.end());
    }
    return rows;
}

/// Rows that point to the parents: a vector of them for each.
task<rows_below> fetch_children(const family* of, const related_plan* plan) {
    std::vector<value> keys;
    auto children = empty_rows(*of, *plan, keys);
    const auto& model = *plan->what.model;
    const auto found = co_await fetch(plan, plan->field, keys, of->as_of);
    std::vector<rows_of_parent*> places(found.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        const auto at = children.find(cell_value(model, model.fields[plan->field], found.at(i, plan->field)));
        if (at != children.end()) ++(places[i] = &at->second)->coming;
    }
    for (std::size_t i = 0; i < found.size(); ++i)
        if (const auto* to = places[i]) read_row(model, found, i, plan->rows->emplace(to->rows.get(), to->coming));
    co_return plan->nested.empty() ? rows_below{} : pointers(children, keys, *plan->rows);
}

/// Rows that the parents are paired with: a vector of them for each, in the order of the plan's query. Its limit and
/// offset count for each parent.
task<rows_below> fetch_linked(const family* of, const related_plan* plan) {
    const auto& pairs = plan->link->through();
    const std::size_t near = plan->backwards ? 1 : 0, far = 1 - near;
    std::vector<value> keys;
    auto linked = empty_rows(*of, *plan, keys);
    related_plan links;
    links.what.model = &pairs;
    const auto found_pairs = co_await fetch(&links, near, keys, of->as_of);
    keyed<std::vector<value>> near_of;
    key_list ends;
    for (std::size_t i = 0; i < found_pairs.size(); ++i) {
        auto end = cell_value(pairs, pairs.fields[far], found_pairs.at(i, far));
        near_of[end].push_back(cell_value(pairs, pairs.fields[near], found_pairs.at(i, near)));
        ends.add(std::move(end));
    }
    if (ends.empty()) co_return rows_below{};
    auto of_all = *plan;
    const auto limit = std::exchange(of_all.what.limit, std::nullopt);
    const auto offset = std::exchange(of_all.what.offset, 0);
    const auto& model = *plan->what.model;
    const auto found = co_await fetch(&of_all, model.id, ends.take(), of->as_of);
    keyed<std::int64_t> seen;  // rows of each parent
    for (std::size_t i = 0; i < found.size(); ++i)
        for (const auto& id : near_of[cell_value(model, model.fields[model.id], found.at(i, model.id))]) {
            const auto place = seen[id]++;
            if (place < offset || (limit && place - offset >= *limit)) continue;
            read_row(model, found, i, plan->rows->emplace(linked.at(id).rows.get(), 1));
        }
    co_return pointers(linked, keys, *plan->rows);
}

/// The rows that the parents point to: each once, shared by all that do.
task<rows_below> fetch_targets(const family* of, const related_plan* plan) {
    const auto& reference = of->model->fields[plan->field];
    key_list keys;
    for (auto* parent : of->parents)
        if (auto key = member_of_row(reference, parent); !is_null(key)) keys.add(std::move(key));
    const auto pool = plan->rows->make();
    keyed<void*> targets;
    if (!keys.empty()) {
        const auto& model = *plan->what.model;
        const auto found = co_await fetch(plan, model.id, keys.take(), of->as_of);
        for (std::size_t i = 0; i < found.size(); ++i)
            read_row(model, found, i, plan->rows->emplace(pool.get(), found.size() - i));
        for (auto* row : pointers(pool.get(), *plan->rows))
            targets.emplace(member_of_row(model.fields[model.id], row), row);
    }
    for (auto* parent : of->parents) {
        const auto at = targets.find(member_of_row(reference, parent));
        std::shared_ptr<const void> target;
        if (at != targets.end()) target = {pool, at->second};
        of->how->fetched_along(parent).push_back({plan->relation, std::move(target)});
    }
    co_return pointers(pool.get(), *plan->rows);
}

task<> fetch_all(const family* of, const std::vector<related_plan>* plans) {
    if (of->parents.empty()) co_return;
    for (auto& plan : *plans) {
        family next{{}, plan.what.model, plan.rows, of->as_of};
        if (plan.link)
            next.parents = co_await fetch_linked(of, &plan);
        else
            next.parents = plan.backwards ? co_await fetch_children(of, &plan) : co_await fetch_targets(of, &plan);
        co_await fetch_all(&next, &plan.nested);
    }
}

}  // namespace

void not_fetched(const model_info& model, std::string_view relation) {
    throw error(fmt::format("this {} was fetched without its &{}: add .with<&{}>() to the query", model.name, relation,
                            relation));
}

void add_plan(std::vector<related_plan>& plans, related_plan more) {
    const auto same = std::ranges::find(plans, more.relation, &related_plan::relation);
    if (same == plans.end()) {
        plans.push_back(std::move(more));
        return;
    }
    if (more.nested.empty()) same->what = std::move(more.what);
    for (auto& nested : more.nested) add_plan(same->nested, std::move(nested));
}

task<> fetch_along(void* rows, const loaded_rows* how, const model_info* model, std::optional<time_point> as_of,
                   const std::vector<related_plan>* plans) {
    const family top{pointers(rows, *how), model, how, as_of};
    co_await fetch_all(&top, plans);
}

}  // namespace croft::detail
