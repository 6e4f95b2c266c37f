#include "history/read.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "croft/history.hpp"
#include "history/columns.hpp"
#include "history/history.hpp"
#include "model/rows.hpp"
#include "model/sql.hpp"

namespace croft {

std::string row_change::diff() const {
    std::string out;
    for (auto& change : changes) {
        if (!out.empty()) out += ", ";
        out += change.field + ": ";
        if (kind == "update") out += to_text(change.from) + " -> ";
        out += to_text(kind == "delete" ? change.from : change.to);
    }
    return out;
}

std::string row_change::name() const {
    std::string out = model->name;
    for (auto i : model->natural_key()) {
        const auto* text = std::get_if<std::string>(&row[i]);
        out += " " + (text ? *text : to_text(row[i]));
    }
    return out;
}

namespace history {

void compare_versions(row_change& change) {
    const bool gone = change.kind == "delete";
    change.changes.clear();
    for (std::size_t i = 0; i < change.row.size(); ++i) {
        const auto& field = change.model->fields[i];
        if (std::ranges::find(change.model->keys, i) != change.model->keys.end()) continue;
        if (field.role != field_role::plain) continue;
        const value was = change.before ? (*change.before)[i] : value{};
        const value is = gone ? value{} : change.row[i];
        if (was != is) change.changes.push_back({field.name, was, is});
    }
}

namespace {

/// history_id, from, to, change, the context, then the model's own columns.
row_change change_at(const model_info& model, const model_info& versions, const db::row_set& rows, std::size_t row) {
    std::size_t column = 0;
    const auto next = [&] {
        auto found = cell_value(versions, versions.fields[column], rows.at(row, column));
        ++column;
        return found;
    };
    const auto text = [&] {
        auto found = next();
        return is_null(found) ? std::string() : std::get<std::string>(std::move(found));
    };
    row_change change;
    change.model = &model;
    change.version = std::get<std::int64_t>(next());
    change.at = std::get<time_point>(next());
    if (auto until = next(); !is_null(until)) change.until = std::get<time_point>(until);
    change.kind = text();
    if (auto run = next(); !is_null(run)) change.run = std::get<std::int64_t>(run);
    for (auto* into : {&change.task, &change.user, &change.request, &change.note, &change.data}) *into = text();
    while (column < versions.fields.size()) change.row.push_back(next());
    for (auto i : model.keys) change.key.push_back(change.row[i]);
    return change;
}

}  // namespace

task<std::vector<row_change>> read_changes(const model_info* which, chosen_versions chosen) {
    const auto& model = *which;
    const auto& versions = model_of(model);
    auto& base = db::current();
    model_sql::builder out(base.kind());
    // All versions of the rows concerned: each is told from the one before it.
    out << "SELECT " << list(versions, all_fields(versions), "v.") << ", CASE WHEN ";
    chosen(out, "v.");
    out << " THEN 1 ELSE 0 END FROM ";
    out.name(versions.table) << " v WHERE (" << list(model, model.keys, "v.") << ") IN (SELECT "
                             << list(model, model.keys, "w.") << " FROM ";
    out.name(versions.table) << " w WHERE ";
    chosen(out, "w.");
    out << ") ORDER BY v.history_id";
    const auto rows = co_await base.read(std::move(out).finish());

    std::vector<row_change> changes;
    std::map<std::vector<value>, std::optional<std::vector<value>>> states;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        auto change = change_at(model, versions, rows, row);
        auto& state = states[change.key];
        change.before = std::move(state);
        state = change.kind == "delete" ? std::nullopt : std::optional(change.row);
        if (rows.at(row, versions.fields.size()).integer() == 0) continue;
        compare_versions(change);
        changes.push_back(std::move(change));
    }
    co_return changes;
}

chosen_versions with_key(const model_info& model, std::vector<value> key) {
    if (key.size() != model.keys.size())
        throw error(
            fmt::format("the primary key of {} has {} fields, not {}", model.name, model.keys.size(), key.size()));
    for (std::size_t i = 0; i < key.size(); ++i) key[i] = fit(model, model.fields[model.keys[i]], std::move(key[i]));
    return with_one_of(model, {&key, 1});
}

chosen_versions with_one_of(const model_info& model, std::span<const std::vector<value>> keys) {
    return [&model, keys = std::vector(keys.begin(), keys.end())](model_sql::builder& out, std::string_view alias) {
        const bool single = model.keys.size() == 1;
        if (single) out << alias << column(model.fields[model.id]) << " IN (";
        for (std::size_t k = 0; k < keys.size(); ++k) {
            if (k) out << (single ? ", " : " OR ");
            for (std::size_t i = 0; i < keys[k].size(); ++i) {
                if (!single) out << (i ? " AND " : "(") << alias << column(model.fields[model.keys[i]]) << " = ";
                out.bind(keys[k][i]);
            }
            if (!single) out << ")";
        }
        if (single) out << ")";
    };
}

}  // namespace history

namespace {

task<std::optional<row_change>> find_last_change(const model_info* model, std::size_t field, std::vector<value> key) {
    auto all = co_await history_of(*model, std::move(key));
    for (auto at = all.rbegin(); at != all.rend(); ++at) {
        if (at->kind == "delete") continue;
        if (!at->before || (*at->before)[field] != at->row[field]) co_return std::move(*at);
    }
    co_return std::nullopt;
}

task<std::vector<row_change>> changes_of_run_everywhere(std::int64_t run) {
    std::vector<row_change> all;
    for (const auto* model : all_models()) {
        if (!model->has_history) continue;
        auto some = co_await changes_of_run(*model, run);
        std::ranges::move(some, std::back_inserter(all));
    }
    co_return all;
}

}  // namespace

task<std::vector<row_change>> history_of(const model_info& model, std::vector<value> key) {
    history::model_of(model);  // "has no history" rather than a wrong key
    return history::read_changes(&model, history::with_key(model, std::move(key)));
}

task<std::vector<row_change>> changes_between(const model_info& model, time_point from, time_point to) {
    return history::read_changes(&model, [from, to](model_sql::builder& out, std::string_view alias) {
        out << alias << "history_from > ";
        out.bind(from) << " AND " << alias << "history_from <= ";
        out.bind(to);
    });
}

task<std::vector<row_change>> changes_of_run(const model_info& model, std::int64_t run) {
    return history::read_changes(&model, [run](model_sql::builder& out, std::string_view alias) {
        out << alias << "history_run = ";
        out.bind(run);
    });
}

task<std::vector<row_change>> changes_of_run(std::int64_t run) { return changes_of_run_everywhere(run); }

task<std::optional<row_change>> last_change(const model_info& model, std::size_t field, std::vector<value> key) {
    return find_last_change(&model, field, std::move(key));
}

std::vector<row_change> net_changes(std::vector<row_change> changes) {
    struct place {
        std::size_t at;
        bool inserted;  // there was no row before all of these
    };
    std::map<std::pair<const model_info*, std::vector<value>>, place> places;
    std::vector<row_change> net;
    std::vector<bool> nothing;
    for (auto& change : changes) {
        const auto [found, fresh] =
            places.emplace(std::pair(change.model, change.key), place{net.size(), change.kind == "insert"});
        const auto [at, inserted] = found->second;
        if (fresh) {
            net.push_back(std::move(change));
        } else {
            change.before = std::move(net[at].before);
            if (change.kind != "delete") change.kind = inserted ? "insert" : "update";
            net[at] = std::move(change);
        }
        nothing.resize(net.size());
        history::compare_versions(net[at]);
        nothing[at] = net[at].kind == "delete" ? inserted : net[at].kind == "update" && net[at].changes.empty();
    }
    std::size_t next = 0;
    std::erase_if(net, [&](const row_change&) { return nothing[next++]; });
    return net;
}

}  // namespace croft
