#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <unordered_map>
#include <unordered_set>

#include "base/text.hpp"
#include "croft/load.hpp"
#include "model/rows.hpp"
#include "model/sql.hpp"

namespace croft {

load_report::load_report() = default;
load_report::load_report(const load_report&) = default;
load_report::load_report(load_report&&) noexcept = default;
load_report& load_report::operator=(const load_report&) = default;
load_report& load_report::operator=(load_report&&) noexcept = default;
load_report::~load_report() = default;

std::string load_report::describe() const {
    std::string out = fmt::format("{}: {} inserted, {} updated, {} unchanged, {} removed", model ? model->name : "",
                                  inserted, updated, unchanged, removed);
    if (removal_refused)
        out += fmt::format(
            "; {} rows are not in the source, but removing them isn't safe (too many at once, or rejected "
            "rows that may be theirs): none was removed",
            removal_refused);
    if (!rejected.empty()) {
        out += fmt::format(", {} rejected ({}", rejected.size(), rejected.front().describe());
        out += rejected.size() > 1 ? "; …)" : ")";
    }
    return out;
}

namespace detail {

namespace {

constexpr std::size_t keys_a_query = 500;

/// What identifies a value among others of its column.
std::string key_text(const value& v) { return to_text(v).append(1, '\x1f'); }

std::string key_of(const std::vector<value>& row, const std::vector<std::size_t>& places) {
    std::string key;
    for (auto i : places) {
        if (auto* text = std::get_if<std::string>(&row[i]))
            key += *text + '\x1f';  // to_text would shorten it
        else
            key += key_text(row[i]);
    }
    return key;
}

/// Ids of the rows of `model` whose field has one of these values.
task<std::unordered_map<std::string, std::int64_t>> look_up(const model_info* model, std::size_t field,
                                                            std::vector<value> wanted) {
    std::unordered_map<std::string, std::int64_t> found;
    auto& base = db::current();
    for (std::size_t from = 0; from < wanted.size(); from += keys_a_query) {
        const auto until = std::min(wanted.size(), from + keys_a_query);
        selection what;
        what.model = model;
        what.where = condition::compare({model, {field}}, comparison::in,
                                        {std::make_move_iterator(wanted.begin() + static_cast<std::ptrdiff_t>(from)),
                                         std::make_move_iterator(wanted.begin() + static_cast<std::ptrdiff_t>(until))});
        const std::size_t columns[] = {model->id, field};
        const auto rows = co_await base.read(model_sql::select(what, columns, base.kind()));
        for (std::size_t i = 0; i < rows.size(); ++i)
            found.emplace(key_of({cell_value(*model, model->fields[field], rows.at(i, 1))}, {0}),
                          rows.at(i, 0).integer());
    }
    co_return found;
}

/// Takes out the rows for which `reason` has something to say.
template <class Reason>
void reject_rows(incoming& in, const std::string& path, Reason reason) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < in.rows.size(); ++i) {
        if (auto why = reason(in.rows[i], in.numbers[i]); !why.empty()) {
            in.rejected.push_back({in.numbers[i], path, std::move(why)});
            continue;
        }
        if (kept != i) in.rows[kept] = std::move(in.rows[i]), in.numbers[kept] = in.numbers[i];
        ++kept;
    }
    in.rows.resize(kept);
    in.numbers.resize(kept);
}

/// Places of the natural key's fields in the incoming rows. Throws when the rows don't have them.
std::vector<std::size_t> key_places(const incoming& in) {
    std::vector<std::size_t> places;
    for (auto i : in.model->natural_key()) {
        const auto at = std::ranges::find(in.fields, i);
        if (at == in.fields.end())
            throw error(fmt::format("rows of {} can't be loaded without {}, which identifies them", in.model->name,
                                    in.model->fields[i].name));
        places.push_back(static_cast<std::size_t>(at - in.fields.begin()));
    }
    return places;
}

/// A row whose reference isn't found: its natural key is kept, unless it needs a reference to be told.
void set_aside(incoming& in, std::size_t failing, const std::vector<value>& row) {
    const auto fields = in.model->natural_key();
    if (std::ranges::find(fields, failing) != fields.end()) return;  // no row can have such a reference
    std::vector<value> key;
    for (auto i : fields) {
        if (in.model->fields[i].type == field_type::reference) {
            ++in.unidentified;
            return;
        }
        key.push_back(row[static_cast<std::size_t>(std::ranges::find(in.fields, i) - in.fields.begin())]);
    }
    in.set_aside.push_back(std::move(key));
}

/// Turns keys of other models into ids.
task<> resolve(incoming* in) {
    if (in->references.empty()) co_return;
    key_places(*in);  // throws before anything is looked up
    for (const auto& rule : in->references) {
        const auto place = static_cast<std::size_t>(std::ranges::find(in->fields, rule.field) - in->fields.begin());
        std::vector<value> wanted;
        std::unordered_set<std::string> seen;
        for (auto& row : in->rows)
            if (!is_null(row[place]) && seen.insert(key_of(row, {place})).second) wanted.push_back(row[place]);
        const auto ids = co_await look_up(rule.key_model, rule.key_field, std::move(wanted));
        reject_rows(*in, rule.path, [&](std::vector<value>& row, std::size_t) -> std::string {
            if (is_null(row[place])) return {};
            const auto at = ids.find(key_of(row, {place}));
            if (at == ids.end()) {
                set_aside(*in, rule.field, row);
                return fmt::format("there is no {} with {} {}", rule.key_model->name,
                                   rule.key_model->fields[rule.key_field].name, to_text(row[place]));
            }
            row[place] = at->second;
            return {};
        });
    }
}

std::unordered_set<std::string> make_distinct(incoming& in, const std::vector<std::size_t>& places) {
    std::unordered_set<std::string> keys;
    std::unordered_map<std::string, std::size_t> first;
    reject_rows(in, "", [&](std::vector<value>& row, std::size_t number) -> std::string {
        auto key = key_of(row, places);
        auto [at, fresh] = first.emplace(key, number);
        if (!fresh) return fmt::format("its key is the same as that of row {}", at->second);
        keys.insert(std::move(key));
        return {};
    });
    return keys;
}

task<> write(incoming* in, std::size_t batch, load_report* report) {
    auto& base = db::current();
    const auto& model = *in->model;
    auto fields = in->fields;
    std::vector<value> defaults;
    add_defaults(model, fields, defaults, now());
    const auto sql = model_sql::upsert(model, fields, model.natural_key(), false, base.kind());
    for (std::size_t from = 0; from < in->rows.size(); from += batch) {
        const auto until = std::min(in->rows.size(), from + batch);
        std::vector<value> params;
        params.reserve((until - from) * fields.size());
        for (std::size_t i = from; i < until; ++i) {
            std::ranges::move(in->rows[i], std::back_inserter(params));
            params.insert(params.end(), defaults.begin(), defaults.end());
        }
        for (auto effect : co_await base.write_many(sql, std::move(params), fields.size())) {
            if (effect == db::row_effect::inserted) ++report->inserted;
            if (effect == db::row_effect::updated) ++report->updated;
            if (effect == db::row_effect::unchanged) ++report->unchanged;
        }
    }
}

task<> remove_missing(const model_info* model, std::unordered_set<std::string> seen, bool safe, load_options options,
                      load_report* report) {
    auto& base = db::current();
    selection what;
    what.model = model;
    what.where = options.scope;
    auto columns = model->natural_key();
    columns.insert(columns.begin(), model->id);
    const auto rows = co_await base.read(model_sql::select(what, columns, base.kind()));
    std::vector<std::size_t> places(columns.size() - 1);
    for (std::size_t i = 0; i < places.size(); ++i) places[i] = i;
    std::vector<value> gone;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        std::vector<value> key;
        for (std::size_t i = 1; i < columns.size(); ++i)
            key.push_back(cell_value(*model, model->fields[columns[i]], rows.at(row, i)));
        if (!seen.contains(key_of(key, places))) gone.push_back(rows.at(row, 0).integer());
    }
    if (gone.empty()) co_return;
    if (!safe || static_cast<double>(gone.size()) > options.max_removed_share * static_cast<double>(rows.size())) {
        report->removal_refused = gone.size();
        co_return;
    }
    for (std::size_t from = 0; from < gone.size(); from += keys_a_query) {
        selection some;
        some.model = model;
        const auto until = std::min(gone.size(), from + keys_a_query);
        some.where = condition::compare(
            {model, {model->id}}, comparison::in,
            {gone.begin() + static_cast<std::ptrdiff_t>(from), gone.begin() + static_cast<std::ptrdiff_t>(until)});
        report->removed += static_cast<std::size_t>(co_await remove_rows(std::move(some)));
    }
}

}  // namespace

task<load_report> load_rows(incoming in, load_options options) {
    load_report report;
    report.model = in.model;
    if (in.rows.empty() && in.rejected.empty() && in.fields.empty() && options.missing == missing::keep)
        co_return report;
    co_await resolve(&in);
    std::unordered_set<std::string> seen;
    if (!in.rows.empty()) seen = make_distinct(in, key_places(in));
    if (in.rejected.size() > options.max_rejected)
        throw error(
            fmt::format("{} rows of {} were rejected, more than the {} allowed; nothing was written; the first: {}",
                        in.rejected.size(), in.model->name, options.max_rejected, in.rejected.front().describe()));
    if (!in.rows.empty()) co_await write(&in, std::max<std::size_t>(options.batch, 1), &report);
    for (auto& key : in.set_aside) {
        std::vector<std::size_t> places(key.size());
        std::iota(places.begin(), places.end(), std::size_t{0});
        seen.insert(key_of(key, places));
    }
    report.rejected = std::move(in.rejected);
    report.unknown = std::move(in.unknown);
    if (options.missing == missing::remove)
        co_await remove_missing(in.model, std::move(seen), in.unidentified == 0, options, &report);
    co_return report;
}

}  // namespace detail
}  // namespace croft
