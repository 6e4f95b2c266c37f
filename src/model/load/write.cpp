#include <fmt/format.h>

#include <algorithm>

#include "croft/every.hpp"
#include "croft/transaction.hpp"
#include "model/batches.hpp"
#include "model/given_keys.hpp"
#include "model/load/job.hpp"
#include "model/rows.hpp"
#include "model/sql.hpp"

namespace croft::loading {

namespace {

/// Which rows, of what is written by one statement.
struct batch_writer {
    part* of;
    row_list* what;
    std::vector<std::size_t> fields;  // bound for each row: those of the rows without `left_out`, and the defaults
    std::vector<value> defaults;
    std::optional<std::size_t> left_out;  // a place in the rows
    db::insertion into;
    bool again;

    std::vector<value> params(std::size_t from, std::size_t until) const {
        std::vector<value> all;
        all.reserve((until - from) * fields.size());
        for (std::size_t i = from; i < until; ++i) {
            const auto& row = what->rows[i];
            for (std::size_t place = 0; place < row.size(); ++place)
                if (place != left_out) all.push_back(row[place]);
            all.insert(all.end(), defaults.begin(), defaults.end());
        }
        return all;
    }

    void count(const std::vector<db::row_effect>& effects) const {
        if (again) return;
        on_commit([rows = static_cast<std::int64_t>(effects.size())] { count_for_run({.rows = rows}); });
        for (auto effect : effects) {
            if (effect == db::row_effect::inserted) ++of->report.inserted;
            if (effect == db::row_effect::updated) ++of->report.updated;
            if (effect == db::row_effect::unchanged) ++of->report.unchanged;
        }
    }

    void refuse(std::size_t row, const db::constraint_error& why) const {
        of->in.reject(what->origins[row], "", why.what(), {}, &what->rows[row]);
    }

    /// All rows in one go, as params() has made them; where the database refuses one, those before and after it.
    task<> write(std::size_t from, std::size_t until, std::vector<value> made) {
        std::optional<std::size_t> bad;
        try {
            auto& base = db::current();
            count(co_await base.write_many(into, std::move(made)));
        } catch (const db::constraint_error& e) {
            bad = e.row() ? from + *e.row() : until - from == 1 ? from : until;
            if (*bad < until) refuse(*bad, e);
        }
        if (!bad) co_return;
        const auto middle = *bad < until ? *bad : from + (until - from) / 2;
        co_await write_anew(from, middle);
        co_await write_anew(*bad < until ? middle + 1 : middle, until);
    }
    task<> write_anew(std::size_t from, std::size_t until) {
        if (from < until) co_await write(from, until, params(from, until));
    }
};

/// Rows whose key the database gives: those of a model told by its id that don't have one.
row_list take_new(part& of, row_list& what) {
    row_list fresh;
    if (of.model().natural_key() != std::vector{of.model().id}) return fresh;
    row_list rest;
    for (std::size_t i = 0; i < what.rows.size(); ++i) {
        const auto* id = std::get_if<std::int64_t>(&what.rows[i][of.key_places.front()]);
        (id && *id == 0 ? fresh : rest).add(std::move(what.rows[i]), what.origins[i]);
    }
    what = std::move(rest);
    return fresh;
}

/// 0 where the rows have none.
std::int64_t highest_id(const part& of, const row_list& what) {
    const auto place = std::ranges::find(of.in.fields, of.model().id) - of.in.fields.begin();
    std::int64_t highest = 0;
    if (!of.model().assigns_key() || static_cast<std::size_t>(place) == of.in.fields.size()) return highest;
    for (const auto& row : what.rows) {
        const auto* id = std::get_if<std::int64_t>(&row[static_cast<std::size_t>(place)]);
        if (id) highest = std::max(highest, *id);
    }
    return highest;
}

task<> write_list(part* of, row_list* what, std::vector<std::size_t> key, std::optional<std::size_t> left_out,
                  bool again) {
    if (what->rows.empty()) co_return;
    auto& base = db::current();
    batch_writer writer{of, what, of->in.fields, {}, left_out, {}, again};
    if (left_out) writer.fields.erase(writer.fields.begin() + static_cast<std::ptrdiff_t>(*left_out));
    add_defaults(of->model(), writer.fields, writer.defaults, now());
    writer.into = model_sql::insertion(of->model(), writer.fields, key, base.kind());
    co_await in_batches(
        what->rows.size(), std::max<std::size_t>(of->options.batch, 1),
        [&](std::size_t from, std::size_t until) { return writer.params(from, until); },
        [&](std::size_t from, std::size_t until, std::vector<value> made) {
            return writer.write(from, until, std::move(made));
        });
}

}  // namespace

task<> write(part* of, row_list what, bool again) {
    if (what.rows.empty()) co_return;
    auto fresh = take_new(*of, what);
    if (!fresh.rows.empty() && of->watches_missing())
        throw error(
            fmt::format("{}: rows without an id are new ones, so none can be told to be missing; give the model "
                        "a unique<…>",
                        of->model().name));
    if (of->watches_missing() && !again)
        for (const auto& row : what.rows) of->seen.push_back(digest_of(row, of->key_places));
    co_await write_list(of, &what, of->model().natural_key(), std::nullopt, again);
    co_await count_on_from(&of->model(), highest_id(*of, what));
    co_await write_list(of, &fresh, {}, of->key_places.front(), again);
}

}  // namespace croft::loading
