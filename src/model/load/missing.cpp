#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <unordered_map>

#include "model/load/job.hpp"
#include "model/rows.hpp"
#include "model/sql.hpp"

namespace croft::loading {

namespace {

constexpr std::int64_t rows_a_page = 5000;

/// Rows of the database that no row of the source stands for.
struct survey {
    std::size_t looked_at = 0;
    std::vector<std::vector<value>> gone;  // primary keys
};

/// Reads rows page by page; adds those that weren't seen.
task<> look_for_missing(part* of, condition where, survey* into) {
    const auto& model = of->model();
    auto& base = db::current();
    auto columns = model.keys;
    const auto natural = model.natural_key();
    columns.insert(columns.end(), natural.begin(), natural.end());
    std::vector<std::size_t> places;
    for (std::size_t i = model.keys.size(); i < columns.size(); ++i) places.push_back(i);
    const path id{&model, {model.id}};
    const bool paged = model.keys.size() == 1;
    value last;
    for (;;) {
        selection what;
        what.model = &model;
        what.where = is_null(last) ? where : where && compare(id, comparison::greater, last);
        what.order = {{id, false}};
        if (paged) what.limit = rows_a_page;
        const auto rows = co_await base.read(model_sql::select(what, columns, base.kind()));
        for (std::size_t row = 0; row < rows.size(); ++row) {
            std::vector<value> key;
            for (std::size_t i = 0; i < columns.size(); ++i)
                key.push_back(cell_value(model, model.fields[columns[i]], rows.at(row, i)));
            last = key.front();
            if (std::ranges::binary_search(of->seen, digest_of(key, places))) continue;
            key.resize(model.keys.size());
            into->gone.push_back(std::move(key));
        }
        into->looked_at += rows.size();
        if (!paged || rows.size() < static_cast<std::size_t>(rows_a_page)) co_return;
    }
}

/// Rows with one of these primary keys.
condition with_keys(const model_info& model, std::span<const std::vector<value>> keys) {
    if (model.keys.size() == 1) {
        std::vector<value> ids;
        for (const auto& key : keys) ids.push_back(key.front());
        return condition::compare({&model, {model.id}}, comparison::in, std::move(ids));
    }
    condition any;
    for (const auto& key : keys) {
        condition one;
        for (std::size_t i = 0; i < key.size(); ++i)
            one = one && compare({&model, {model.keys[i]}}, comparison::equal, key[i]);
        any = any.what() == condition::kind::always ? one : any || one;
    }
    return any;
}

/// Calls `act` with some of the rows each; gives the sum of what it gives.
template <class Act>
task<std::size_t> in_groups(const model_info* model, std::vector<std::vector<value>> keys, Act act) {
    std::size_t sum = 0;
    const std::size_t most = model->keys.size() == 1 ? keys_a_query : 50;
    for (std::size_t from = 0; from < keys.size(); from += most) {
        selection what;
        what.model = model;
        what.where = with_keys(*model, std::span(keys).subspan(from, std::min(most, keys.size() - from)));
        sum += static_cast<std::size_t>(co_await act(std::move(what)));
    }
    co_return sum;
}

task<std::size_t> remove(const model_info* model, std::vector<std::vector<value>> keys) {
    return in_groups(model, std::move(keys), [](selection some) { return detail::remove_rows(std::move(some)); });
}

task<std::size_t> mark(const model_info* model, std::size_t field, std::vector<std::vector<value>> keys) {
    const value set = model->fields[field].type == field_type::boolean ? value(true) : value(now());
    return in_groups(model, std::move(keys), [model, field, set](selection some) {
        return detail::update_rows(std::move(some), {assignment(*model, field, set)});
    });
}

std::vector<value> distinct(std::vector<value> values) {
    std::unordered_set<digest128, digest_hash> seen;
    std::erase_if(values, [&](const value& v) { return !seen.insert(digest_of(v)).second; });
    return values;
}

/// Rows that aren't marked yet.
condition unmarked(const model_info& model, std::size_t field) {
    const path mark{&model, {field}};
    if (model.fields[field].nullable) return compare(mark, comparison::equal, value());
    return compare(mark, comparison::equal, false);
}

/// Why what is missing must stay; empty: it may go.
std::string danger(const part& of, const survey& found) {
    const auto share = static_cast<double>(found.gone.size()) / static_cast<double>(found.looked_at);
    std::string why;
    if (of.in.unidentified > 0)
        why = fmt::format("they may be what {} rejected rows without a readable key stand for", of.in.unidentified);
    else if (share > of.options.max_removed_share)
        why = fmt::format("that is {:.0f} %, more than the {:.0f} % that may go at once (max_removed_share)",
                          share * 100, of.options.max_removed_share * 100);
    return why.empty() ? why
                       : fmt::format("{} of {} rows are not in the source, and {}: none was {}", found.gone.size(),
                                     found.looked_at, why, of.options.missing == missing::mark ? "marked" : "removed");
}

task<> settle_listed(part* of) {
    const auto& model = of->model();
    survey found;
    auto scope = of->options.scope;
    const auto mark_field = of->options.mark.field;
    if (of->options.missing == missing::mark) scope = scope && unmarked(model, *mark_field);
    co_await look_for_missing(of, scope, &found);
    if (found.gone.empty()) co_return;
    of->report.why_refused = danger(*of, found);
    if (!of->report.why_refused.empty()) {
        of->report.removal_refused = found.gone.size();
        co_return;
    }
    if (of->options.missing == missing::mark)
        of->report.marked += co_await mark(&model, *mark_field, std::move(found.gone));
    else
        of->report.removed += co_await remove(&model, std::move(found.gone));
}

/// Rows below parents whose rows were all told.
task<> settle_children(part* of) {
    const auto& field = of->model().fields[of->in.parent_field];
    const auto* parent = &field.target();
    std::vector<value> keys;
    for (auto& [number, key] : of->in.parents_told) keys.push_back(std::move(key));
    of->in.parents_told.clear();
    std::unordered_map<digest128, value, digest_hash> ids;
    co_await look_up(parent, parent->natural_key(), std::move(keys), &ids);
    std::vector<value> parents;
    for (auto& [key, id] : ids) parents.push_back(std::move(id));
    survey found;
    for (std::size_t from = 0; from < parents.size(); from += keys_a_query) {
        const auto some = std::span(parents).subspan(from, std::min(keys_a_query, parents.size() - from));
        co_await look_for_missing(
            of, condition::compare({&of->model(), {of->in.parent_field}}, comparison::in, {some.begin(), some.end()}),
            &found);
    }
    of->report.removed += co_await remove(&of->model(), std::move(found.gone));
}

/// Rejected rows are in the source, so theirs aren't missing. Their keys are as the source has them: where one names
/// another row that isn't there, there can be no row of theirs either.
task<> see_set_aside(part* of) {
    auto keys = std::exchange(of->in.set_aside, {});
    const auto fields = of->model().natural_key();
    for (std::size_t i = 0; i < fields.size() && !keys.empty(); ++i) {
        const auto rule = std::ranges::find(of->in.references, fields[i], &field_rule::field);
        if (rule == of->in.references.end()) continue;
        std::unordered_map<digest128, value, digest_hash> ids;
        std::vector<value> wanted;
        for (const auto& key : keys) wanted.push_back(key[i]);
        co_await look_up(rule->key_model, rule->key_fields, distinct(std::move(wanted)), &ids);
        std::erase_if(keys, [&](std::vector<value>& key) {
            const auto at = ids.find(digest_of(key[i]));
            if (at != ids.end()) key[i] = at->second;
            return at == ids.end();
        });
    }
    std::vector<std::size_t> places(fields.size());
    for (std::size_t i = 0; i < places.size(); ++i) places[i] = i;
    for (const auto& key : keys) of->seen.push_back(digest_of(key, places));
}

}  // namespace

task<> settle_missing(part* of) {
    if (!of->watches_missing()) co_return;
    co_await see_set_aside(of);
    std::ranges::sort(of->seen);
    if (of->child)
        co_await settle_children(of), of->seen.clear();
    else
        co_await settle_listed(of);
}

}  // namespace croft::loading
