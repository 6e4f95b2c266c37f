#include "croft/history.hpp"
#include "history/history.hpp"
#include "model/rows.hpp"
#include "model/sql.hpp"
#include "runtime/loop.hpp"
#include "work/run_info.hpp"

namespace croft {

change_note::change_note(std::string note) : before_(runtime::locals().run), target_(&runtime::locals()) {
    auto noted = before_ ? std::make_shared<work::run_info>(*before_) : std::make_shared<work::run_info>();
    noted->note = std::move(note);
    target_->run = std::move(noted);
}

change_note::~change_note() { target_->run = std::move(before_); }

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

namespace {

void compare_versions(const model_info& model, const std::vector<value>* before, const std::vector<value>& after,
                      row_change& into) {
    const bool gone = into.kind == "delete";
    for (std::size_t i = 0; i < model.fields.size(); ++i) {
        if (i == model.id || model.fields[i].role != field_role::plain) continue;
        const value was = into.kind == "insert" || !before ? (gone ? after[i] : value{}) : (*before)[i];
        const value is = gone ? value{} : after[i];
        if (was != is) into.changes.push_back({model.fields[i].name, was, is});
    }
}

task<std::vector<row_change>> read_history(const model_info* which, std::int64_t id) {
    const auto& model = *which;
    auto& base = db::current();
    const auto& versions = history::model_of(model);
    const auto column = [&](std::string_view name) { return versions.index_of(name); };
    selection what;
    what.model = &versions;
    what.where = compare({&versions, {column(model.fields[model.id].name)}}, comparison::equal, id);
    std::vector<std::size_t> fields;
    for (auto name : {"history_from", "history_to", "history_change", "history_run", "history_task", "history_note"})
        fields.push_back(column(name));
    const std::size_t own = fields.size();
    for (auto& field : model.fields) fields.push_back(column(field.name));
    const auto rows = co_await base.read(model_sql::select(what, fields, base.kind()));

    std::vector<row_change> changes;
    std::vector<value> before;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto at = [&](std::size_t i) {
            return cell_value(versions, versions.fields[fields[i]], rows.at(row, i));
        };
        const auto text = [&](std::size_t i) {
            return rows.at(row, i).is_null() ? std::string() : std::string(rows.at(row, i).text());
        };
        row_change change;
        change.at = std::get<time_point>(at(0));
        if (auto until = at(1); !is_null(until)) change.until = std::get<time_point>(until);
        change.kind = text(2);
        if (!rows.at(row, 3).is_null()) change.run = rows.at(row, 3).integer();
        change.task = text(4);
        change.note = text(5);
        std::vector<value> values;
        for (std::size_t i = own; i < fields.size(); ++i) values.push_back(at(i));
        compare_versions(model, row ? &before : nullptr, values, change);
        before = std::move(values);
        changes.push_back(std::move(change));
    }
    co_return changes;
}

}  // namespace

task<std::vector<row_change>> history_of(const model_info& model, std::int64_t id) { return read_history(&model, id); }

}  // namespace croft
