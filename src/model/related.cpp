#include "croft/related.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "model/rows.hpp"
#include "model/sql.hpp"

namespace croft::detail {

namespace {

using rows_below = std::vector<void*>;  // loaded<T>*, of one T

value member_of_row(const field_info& field, const void* row) {
    return field.get(static_cast<const char*>(row) + field.offset);
}

void read_row(const model_info& model, const db::row_set& found, std::size_t row, void* into) {
    for (std::size_t i = 0; i < model.fields.size(); ++i) {
        const auto& field = model.fields[i];
        field.set(static_cast<char*>(into) + field.offset, cell_value(model, field, found.at(row, i)));
    }
}

/// The rows whose field is one of the keys. With a limit, that many for each key.
task<db::row_set> fetch(const related_plan* plan, std::size_t field, std::set<value> keys,
                        std::optional<time_point> as_of) {
    auto what = plan->what;
    if (!what.as_of) what.as_of = as_of;
    what.where = one_of(path{what.model, {field}}, {keys.begin(), keys.end()}) && std::move(what.where);
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < what.model->fields.size(); ++i) all.push_back(i);
    auto& base = db::current();
    const bool limited = what.limit || what.offset;
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

/// Rows that point to the parents: a vector of them for each.
task<rows_below> fetch_children(const family* of, const related_plan* plan) {
    const auto& key = of->model->fields[of->model->id];
    std::map<value, std::shared_ptr<void>> children;
    std::set<value> keys;
    for (auto* parent : of->parents) {
        auto id = member_of_row(key, parent);
        auto& own = children[id];
        if (!own) own = plan->rows->make();
        of->how->fetched_along(parent).push_back({plan->relation, own});
        keys.insert(std::move(id));
    }
    const auto& model = *plan->what.model;
    const auto found = co_await fetch(plan, plan->field, std::move(keys), of->as_of);
    for (std::size_t i = 0; i < found.size(); ++i) {
        const auto at = children.find(cell_value(model, model.fields[plan->field], found.at(i, plan->field)));
        if (at != children.end()) read_row(model, found, i, plan->rows->emplace(at->second.get()));
    }
    rows_below all;
    for (auto& [id, own] : children) {
        auto some = pointers(own.get(), *plan->rows);
        all.insert(all.end(), some.begin(), some.end());
    }
    co_return all;
}

/// Rows that the parents are paired with: a vector of them for each, in the order of the plan's query. Its limit and
/// offset count for each parent.
task<rows_below> fetch_linked(const family* of, const related_plan* plan) {
    const auto& pairs = plan->link->through();
    const std::size_t near = plan->backwards ? 1 : 0, far = 1 - near;
    const auto& key = of->model->fields[of->model->id];
    std::map<value, std::shared_ptr<void>> linked;
    std::set<value> keys;
    for (auto* parent : of->parents) {
        auto id = member_of_row(key, parent);
        auto& own = linked[id];
        if (!own) own = plan->rows->make();
        of->how->fetched_along(parent).push_back({plan->relation, own});
        keys.insert(std::move(id));
    }
    related_plan links;
    links.what.model = &pairs;
    const auto found_pairs = co_await fetch(&links, near, std::move(keys), of->as_of);
    std::map<value, std::vector<value>> near_of;
    std::set<value> ends;
    for (std::size_t i = 0; i < found_pairs.size(); ++i) {
        auto end = cell_value(pairs, pairs.fields[far], found_pairs.at(i, far));
        near_of[end].push_back(cell_value(pairs, pairs.fields[near], found_pairs.at(i, near)));
        ends.insert(std::move(end));
    }
    rows_below all;
    if (ends.empty()) co_return all;
    auto of_all = *plan;
    const auto limit = std::exchange(of_all.what.limit, std::nullopt);
    const auto offset = std::exchange(of_all.what.offset, 0);
    const auto& model = *plan->what.model;
    const auto found = co_await fetch(&of_all, model.id, std::move(ends), of->as_of);
    std::map<value, std::int64_t> seen;  // rows of each parent
    for (std::size_t i = 0; i < found.size(); ++i)
        for (const auto& id : near_of[cell_value(model, model.fields[model.id], found.at(i, model.id))]) {
            const auto place = seen[id]++;
            if (place < offset || (limit && place - offset >= *limit)) continue;
            read_row(model, found, i, plan->rows->emplace(linked[id].get()));
        }
    for (auto& [id, own] : linked) {
        auto some = pointers(own.get(), *plan->rows);
        all.insert(all.end(), some.begin(), some.end());
    }
    co_return all;
}

/// The rows that the parents point to: each once, shared by all that do.
task<rows_below> fetch_targets(const family* of, const related_plan* plan) {
    const auto& reference = of->model->fields[plan->field];
    std::set<value> keys;
    for (auto* parent : of->parents)
        if (auto key = member_of_row(reference, parent); !is_null(key)) keys.insert(std::move(key));
    const auto pool = plan->rows->make();
    std::map<value, void*> by_key;
    if (!keys.empty()) {
        const auto& model = *plan->what.model;
        const auto found = co_await fetch(plan, model.id, std::move(keys), of->as_of);
        for (std::size_t i = 0; i < found.size(); ++i) read_row(model, found, i, plan->rows->emplace(pool.get()));
        for (auto* row : pointers(pool.get(), *plan->rows))
            by_key.emplace(member_of_row(model.fields[model.id], row), row);
    }
    for (auto* parent : of->parents) {
        const auto at = by_key.find(member_of_row(reference, parent));
        std::shared_ptr<const void> target;
        if (at != by_key.end()) target = {pool, at->second};
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
