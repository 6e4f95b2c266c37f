// Undoing. What is to be is told by the versions; the way there: references away from what goes, deletions (children
// first), then updates and insertions (parents first), then references in circles.
#include "history/revert.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "croft/transaction.hpp"
#include "history/columns.hpp"
#include "history/history.hpp"
#include "history/read.hpp"
#include "model/rows.hpp"
#include "runtime/loop.hpp"
#include "runtime/run_info.hpp"

namespace croft::history {

namespace {

/// Row by key.
condition has_key(const model_info& model, const std::vector<value>& key) {
    condition all;
    for (std::size_t i = 0; i < key.size(); ++i)
        all = std::move(all) && compare({&model, {model.keys[i]}}, comparison::equal, key[i]);
    return all;
}

condition has_one_of(const model_info& model, std::span<const std::vector<value>> keys) {
    if (model.keys.size() == 1) {
        std::vector<value> single;
        for (auto& key : keys) single.push_back(key.front());
        return condition::compare({&model, {model.id}}, comparison::in, std::move(single));
    }
    condition any;
    for (auto& key : keys)
        any = any.what() == condition::kind::always ? has_key(model, key) : any || has_key(model, key);
    return any;
}

/// The rows that are there, all fields, by key.
task<std::map<std::vector<value>, std::vector<value>>> present_rows(const model_info* model,
                                                                    std::vector<std::vector<value>> keys) {
    std::map<std::vector<value>, std::vector<value>> found;
    auto& base = db::current();
    const auto fields = all_fields(*model);
    for (std::size_t from = 0; from < keys.size(); from += keys_a_query) {
        selection what;
        what.model = model;
        what.where = has_one_of(*model, std::span(keys).subspan(from, std::min(keys_a_query, keys.size() - from)));
        const auto rows = co_await base.read(model_sql::select(what, fields, base.kind()));
        for (std::size_t row = 0; row < rows.size(); ++row) {
            std::vector<value> values, key;
            for (auto i : fields) values.push_back(cell_value(*model, model->fields[i], rows.at(row, i)));
            for (auto i : model->keys) key.push_back(values[i]);
            found.emplace(std::move(key), std::move(values));
        }
    }
    co_return found;
}

/// Models so that what is referred to comes before what refers to it; circles are cut anywhere.
void add_sorted(const model_info& model, const std::set<const model_info*>& among, std::set<const model_info*>& seen,
                std::vector<const model_info*>& sorted) {
    if (!seen.insert(&model).second) return;
    for (auto& field : model.fields)
        if (field.type == field_type::reference && field.target) add_sorted(field.target(), among, seen, sorted);
    if (among.contains(&model)) sorted.push_back(&model);
}

bool is_in(const std::vector<std::size_t>& list, std::size_t i) { return std::ranges::find(list, i) != list.end(); }

}  // namespace

task<> restoring::prepare() {
    std::set<const model_info*> among, seen;
    for (auto& [model, rows] : wanted_) among.insert(model);
    for (const auto* model : among) add_sorted(*model, among, seen, order_);
    for (const auto* model : order_) {
        std::vector<std::vector<value>> keys;
        for (auto& [key, row] : wanted_[model]) keys.push_back(key);
        present_[model] = co_await present_rows(model, std::move(keys));
    }
}

/// Rows, not themselves undone, that refer to what will go: deleting that would take them along or change them.
task<std::vector<std::string>> restoring::find_dependents() {
    std::vector<std::string> found;
    for (const auto* gone : order_) {
        std::vector<value> ids;
        for (auto& [key, row] : wanted_[gone])
            if (!row && present_[gone].contains(key)) ids.push_back(key.front());
        if (ids.empty() || gone->keys.size() != 1) continue;
        for (const auto* model : all_models())
            for (std::size_t i = 0; i < model->fields.size(); ++i) {
                const auto& field = model->fields[i];
                if (field.type != field_type::reference || !field.target || &field.target() != gone) continue;
                co_await find_dependents_in(model, i, ids, &found);
            }
    }
    co_return found;
}

task<> restoring::find_dependents_in(const model_info* model, std::size_t field, std::vector<value> ids,
                                     std::vector<std::string>* found) {
    auto& base = db::current();
    for (std::size_t from = 0; from < ids.size(); from += keys_a_query) {
        const auto until = std::min(ids.size(), from + keys_a_query);
        selection what;
        what.model = model;
        what.where = condition::compare(
            {model, {field}}, comparison::in,
            {ids.begin() + static_cast<std::ptrdiff_t>(from), ids.begin() + static_cast<std::ptrdiff_t>(until)});
        auto fields = model->keys;
        fields.push_back(field);
        const auto rows = co_await base.read(model_sql::select(what, fields, base.kind()));
        for (std::size_t row = 0; row < rows.size(); ++row) {
            std::vector<value> key;
            for (std::size_t k = 0; k < model->keys.size(); ++k)
                key.push_back(cell_value(*model, model->fields[fields[k]], rows.at(row, k)));
            if (const auto at = wanted_.find(model); at != wanted_.end() && at->second.contains(key)) continue;
            const auto target = cell_value(*model, model->fields[field], rows.at(row, model->keys.size()));
            std::string which;
            for (auto& one : key) which += (which.empty() ? "" : ", ") + to_text(one);
            found->push_back(fmt::format("{} {} refers to {} {} by {}", model->name, which,
                                         model->fields[field].target().name, to_text(target),
                                         model->fields[field].name));
        }
    }
}

task<revert_report> restoring::apply() {
    for (const auto* model : order_) co_await leave_what_goes(model);
    for (auto at = order_.rbegin(); at != order_.rend(); ++at) co_await remove(*at);
    for (const auto* model : order_) {
        co_await update(model);
        co_await insert(model);
    }
    co_await refer();
    co_return report_;
}

bool restoring::goes(const field_info& field, const value& to) const {
    if (field.type != field_type::reference || !field.target || is_null(to)) return false;
    const auto rows = wanted_.find(&field.target());
    if (rows == wanted_.end()) return false;
    const auto row = rows->second.find({to});
    return row != rows->second.end() && !row->second;
}

bool restoring::is_to_come(const field_info& field, const value& to) const {
    if (field.type != field_type::reference || !field.target || is_null(to)) return false;
    const auto rows = wanted_.find(&field.target());
    if (rows == wanted_.end()) return false;
    const auto row = rows->second.find({to});
    return row != rows->second.end() && row->second && !present_.at(&field.target()).contains({to}) &&
           !inserted_.contains({&field.target(), {to}});
}

/// Rows that stay, but refer to one that goes: the reference first, or the deletion would take them along.
task<> restoring::leave_what_goes(const model_info* model) {
    for (auto& [key, row] : wanted_[model]) {
        const auto there = present_[model].find(key);
        if (!row || there == present_[model].end()) continue;
        for (std::size_t i = 0; i < row->size(); ++i) {
            const auto& field = model->fields[i];
            if (!goes(field, there->second[i]) || is_to_come(field, (*row)[i])) continue;
            co_await write_fields(model, key, {i}, {(*row)[i]});
            there->second[i] = (*row)[i];
        }
    }
}

task<> restoring::remove(const model_info* model) {
    std::vector<std::vector<value>> keys;
    for (auto& [key, row] : wanted_[model])
        if (!row && present_[model].contains(key)) keys.push_back(key);
    auto& base = db::current();
    for (std::size_t from = 0; from < keys.size(); from += keys_a_query) {
        selection what;
        what.model = model;
        what.where = has_one_of(*model, std::span(keys).subspan(from, std::min(keys_a_query, keys.size() - from)));
        co_await base.write(model_sql::remove(what, base.kind()));
    }
    report_.removed += keys.size();
    for (auto& [key, row] : wanted_[model])
        if (!row && !present_[model].contains(key)) ++report_.unchanged;
}

/// What isn't tracked stays as it is.
task<> restoring::update(const model_info* model) {
    const auto tracked = tracked_fields(*model);
    for (auto& [key, row] : wanted_[model]) {
        const auto there = present_[model].find(key);
        if (!row || there == present_[model].end()) continue;
        std::vector<std::size_t> fields;
        std::vector<value> values;
        for (auto i : tracked) {
            if ((*row)[i] == there->second[i]) continue;
            if (is_to_come(model->fields[i], (*row)[i])) {
                later_.push_back({model, key, i, (*row)[i]});
                continue;
            }
            fields.push_back(i);
            values.push_back((*row)[i]);
        }
        ++(fields.empty() ? report_.unchanged : report_.updated);
        if (!fields.empty()) co_await write_fields(model, key, std::move(fields), std::move(values));
    }
}

task<> restoring::insert(const model_info* model) {
    auto& base = db::current();
    const auto fields = all_fields(*model);
    const auto sql = model_sql::upsert(*model, fields, {}, {}, base.kind());
    for (auto& [key, row] : wanted_[model]) {
        if (!row || present_[model].contains(key)) continue;
        auto values = *row;
        for (auto i : fields) {
            const auto& field = model->fields[i];
            if (field.role == field_role::modified_at) values[i] = now();
            if (field.nullable && !is_in(model->keys, i) && is_to_come(field, values[i])) {
                later_.push_back({model, key, i, values[i]});
                values[i] = {};
            }
        }
        co_await base.write({sql, std::move(values)});
        inserted_.insert({model, key});
        ++report_.inserted;
    }
}

task<> restoring::refer() {
    for (auto& one : later_) co_await write_fields(one.model, one.key, {one.field}, {one.to});
}

task<> restoring::write_fields(const model_info* model, std::vector<value> key, std::vector<std::size_t> fields,
                               std::vector<value> values) {
    auto& base = db::current();
    selection what;
    what.model = model;
    what.where = has_key(*model, key);
    std::vector<assignment> changes;
    for (std::size_t i = 0; i < fields.size(); ++i) changes.emplace_back(*model, fields[i], std::move(values[i]));
    co_await base.write(model_sql::update(what, changes, now(), base.kind()));
}

}  // namespace croft::history

namespace croft {
namespace {

using history::restoring;

std::string what_happened(const row_change& change) {
    return fmt::format("{} was changed again: version {}, {} by {}", change.name(), change.version, change.kind,
                       change.task.empty() ? "somebody outside" : change.task);
}

/// Says in the history what this is, also within a transaction that has begun already.
task<> set_note(std::string note) {
    auto& base = db::current();
    if (base.kind() == db::engine::sqlite)
        co_await base.write({"UPDATE croft_context SET note = ?1", {note.empty() ? value{} : value(std::move(note))}});
    else
        co_await base.write({"SELECT set_config('croft.note', $1, true)", {std::move(note)}});
}

std::string note_around() {
    const auto& run = runtime::locals().run;
    return run ? run->note : std::string();
}

[[noreturn]] void refuse(std::vector<std::string> conflicts) {
    const auto shown = std::min<std::size_t>(conflicts.size(), 3);
    auto message =
        fmt::format("nothing was reverted: {}{}",
                    fmt::join(conflicts.begin(), conflicts.begin() + static_cast<std::ptrdiff_t>(shown), "; "),
                    conflicts.size() > shown ? fmt::format("; and {} more", conflicts.size() - shown) : "");
    throw revert_conflict(message + " (force undoes that too)", std::move(conflicts));
}

/// The changes of these rows that came after what is to be undone.
task<std::vector<std::string>> later_changes(const std::vector<row_change>* changes) {
    std::map<const model_info*, std::map<std::vector<value>, std::int64_t>> last;
    for (auto& change : *changes) {
        auto& version = last[change.model][change.key];
        version = std::max(version, change.version);
    }
    std::vector<std::string> found;
    for (auto& [model, rows] : last) {
        std::vector<std::vector<value>> keys;
        for (auto& [key, version] : rows) keys.push_back(key);
        for (std::size_t from = 0; from < keys.size(); from += history::keys_a_query) {
            const auto some = std::span(keys).subspan(from, std::min(history::keys_a_query, keys.size() - from));
            for (auto& change : co_await history::read_changes(model, history::with_one_of(*model, some)))
                if (change.version > rows.at(change.key)) found.push_back(what_happened(change));
        }
    }
    co_return found;
}

task<revert_report> restore(restoring* plan, revert_options options, std::vector<std::string> conflicts) {
    co_await plan->prepare();
    if (!options.force) {
        auto dependents = co_await plan->find_dependents();
        std::ranges::move(dependents, std::back_inserter(conflicts));
        if (!conflicts.empty()) refuse(std::move(conflicts));
    }
    co_await set_note(options.note);
    const auto report = co_await plan->apply();
    co_await set_note(note_around());
    co_return report;
}

task<revert_report> undo(std::vector<row_change> changes, revert_options options) {
    if (options.note.empty()) options.note = fmt::format("revert of {} changes", changes.size());
    co_return co_await transaction([&]() -> task<revert_report> {
        restoring plan;
        std::ranges::sort(changes, {}, &row_change::version);
        std::erase_if(changes, [](auto& change) { return change.kind == "baseline"; });  // nobody's change
        for (auto& change : changes) {
            if (change.kind != "insert" && !change.before)
                throw error(fmt::format("{}: what it was before version {} isn't kept any more", change.name(),
                                        change.version));
            plan.want(change.model, change.key, change.before);
        }
        std::vector<std::string> conflicts;
        if (!options.force) conflicts = co_await later_changes(&changes);
        co_return co_await restore(&plan, options, std::move(conflicts));
    });
}

task<revert_report> undo_run(std::int64_t run, revert_options options) {
    if (options.note.empty()) options.note = fmt::format("revert of run {}", run);
    co_return co_await transaction([&]() -> task<revert_report> {  // so that nobody changes anything in between
        co_return co_await undo(co_await changes_of_run(run), options);
    });
}

task<revert_report> bring_back(const model_info* model, std::vector<value> key, std::int64_t version,
                               revert_options options) {
    if (options.note.empty()) options.note = fmt::format("revert to version {}", version);
    co_return co_await transaction([&]() -> task<revert_report> {
        restoring plan;
        for (auto& change : co_await history_of(*model, key))
            if (change.version == version)
                plan.want(model, change.key, change.kind == "delete" ? std::nullopt : std::optional(change.row));
        if (plan.empty()) throw error(fmt::format("{}: the row has no version {}", model->name, version));
        co_return co_await restore(&plan, options, {});
    });
}

}  // namespace

task<revert_report> revert(const model_info& model, std::vector<value> key, std::int64_t version,
                           revert_options options) {
    return bring_back(&model, std::move(key), version, std::move(options));
}

task<revert_report> revert_changes(std::vector<row_change> changes, revert_options options) {
    return undo(std::move(changes), std::move(options));
}

task<revert_report> revert_run(std::int64_t run, revert_options options) { return undo_run(run, std::move(options)); }

}  // namespace croft
