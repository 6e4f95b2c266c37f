#include "history/retention.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "croft/log.hpp"
#include "croft/transaction.hpp"
#include "history/columns.hpp"
#include "history/history.hpp"
#include "model/rows.hpp"
#include "model/sql.hpp"

namespace croft::history {

namespace {

/// How many of a row's versions go from its beginning, by age and by number.
std::size_t too_old(const std::vector<version_span>& versions, const history_retention& rules, time_point now) {
    std::size_t gone = 0;
    if (rules.keep_for > duration{0})
        while (gone < versions.size() && versions[gone].to && *versions[gone].to <= now - rules.keep_for) ++gone;
    const auto most = static_cast<std::size_t>(rules.keep_at_most);
    if (most > 0 && versions.size() > most) gone = std::max(gone, versions.size() - most);
    const auto last = static_cast<std::size_t>(rules.keep_last);
    return std::min(gone, versions.size() - std::min(versions.size(), last));
}

/// Whether the next version says enough of the span of time in which this one began.
bool is_thinned(const version_span& one, const version_span& next, const history_retention& rules, time_point now) {
    const auto span = [&](time_point t) { return std::chrono::floor<duration>(t).time_since_epoch() / rules.thin_to; };
    return one.update && next.update && next.from <= now - rules.thin_after && span(one.from) == span(next.from);
}

}  // namespace

pruning choose_old(const std::vector<version_span>& versions, const history_retention& rules, time_point now) {
    pruning out;
    std::size_t i = 0;
    for (const auto gone = too_old(versions, rules, now); i < gone && versions[i].to; ++i)
        out.removed.push_back(versions[i].id);
    if (rules.thin_after <= duration{0} || rules.thin_to <= duration{0}) return out;
    const auto last = static_cast<std::size_t>(rules.keep_last);
    std::optional<std::size_t> kept;
    bool hole = false;
    for (; i < versions.size(); ++i) {
        if (i + 1 < versions.size() && i + last < versions.size() &&
            is_thinned(versions[i], versions[i + 1], rules, now)) {
            out.removed.push_back(versions[i].id);
            hole = true;
            continue;
        }
        if (hole && kept) out.extended.emplace_back(versions[*kept].id, versions[i].from);
        hole = false;
        kept = i;
    }
    return out;
}

namespace {

using keyed = std::map<std::vector<value>, std::vector<version_span>>;

/// Versions of the rows after `last`, or of the row `last` itself, in the order of their keys.
task<keyed> read_spans(const model_info* model, std::vector<value> last, bool itself, std::size_t most) {
    auto& base = db::current();
    const auto& versions = model_of(*model);
    model_sql::builder out(base.kind());
    const auto keys = list(*model, model->keys);
    out << "SELECT history_id, history_from, history_to, history_change, " << keys << " FROM ";
    out.name(versions.table);
    if (!last.empty()) {
        out << " WHERE (" << keys << ") " << (itself ? "=" : ">") << " (";
        for (std::size_t i = 0; i < last.size(); ++i) (i ? out << ", " : out).bind(last[i]);
        out << ")";
    }
    out << " ORDER BY " << keys << ", history_id";
    if (!itself) (out << " LIMIT ").bind(static_cast<std::int64_t>(most));
    const auto rows = co_await base.read(std::move(out).finish());
    keyed found;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        std::vector<value> key;
        for (std::size_t k = 0; k < model->keys.size(); ++k)
            key.push_back(cell_value(*model, model->fields[model->keys[k]], rows.at(row, 4 + k)));
        const auto time = [&](std::size_t at) { return cell_value(versions, versions.fields[at], rows.at(row, at)); };
        version_span one{
            rows.at(row, 0).integer(), std::get<time_point>(time(1)), {}, rows.at(row, 3).text() == "update"};
        if (const auto to = time(2); !is_null(to)) one.to = std::get<time_point>(to);
        found[std::move(key)].push_back(one);
    }
    co_return found;
}

task<> remove_versions(const model_info* model, pruning what) {
    auto& base = db::current();
    const auto* versions = &model_of(*model);
    co_await transaction([&]() -> task<> {
        co_await give_permission(model);
        for (auto& [id, to] : what.extended) {
            model_sql::builder out(base.kind());
            out << "UPDATE ";
            out.name(versions->table) << " SET history_to = ";
            out.bind(to) << " WHERE history_id = ";
            out.bind(id);
            co_await base.write(std::move(out).finish());
        }
        selection which;
        which.model = versions;
        which.where =
            condition::compare({versions, {versions->id}}, comparison::in, {what.removed.begin(), what.removed.end()});
        co_await base.write(model_sql::remove(which, base.kind()));
        co_await take_permission(model);
    });
}

}  // namespace

task<prune_report> prune(const model_info* model, history_retention rules, prune_options options) {
    model_of(*model);
    prune_report report;
    pruning pending;
    const auto flush = [&]() -> task<> {
        if (!pending.removed.empty() && !options.dry_run) co_await remove_versions(model, std::exchange(pending, {}));
        pending = {};
    };
    std::vector<value> last;
    for (;;) {
        auto rows = co_await read_spans(model, last, false, options.read_batch);
        if (rows.empty()) break;
        std::size_t read = 0;
        for (auto& [key, spans] : rows) read += spans.size();
        const bool full = read == options.read_batch;
        if (full && rows.size() == 1)
            rows = co_await read_spans(model, rows.begin()->first, true, 0);
        else if (full)
            rows.erase(std::prev(rows.end()));  // it may go on
        last = std::prev(rows.end())->first;
        for (auto& [key, spans] : rows) {
            report.looked_at += static_cast<std::int64_t>(spans.size());
            auto old = choose_old(spans, rules, now());
            report.removed += static_cast<std::int64_t>(old.removed.size());
            std::ranges::move(old.removed, std::back_inserter(pending.removed));
            std::ranges::move(old.extended, std::back_inserter(pending.extended));
            if (pending.removed.size() >= options.write_batch) co_await flush();
        }
        if (!full) break;
    }
    co_await flush();
    co_return report;
}

bool needs_pruning() {
    return std::ranges::any_of(all_models(), [](auto* model) { return model->has_history && model->retention.any(); });
}

task<> prune_all() {
    for (const auto* model : all_models()) {
        if (!model->has_history || !model->retention.any()) continue;
        const auto report = co_await prune(model, model->retention);
        if (report.removed > 0)
            log::info("{}: {} of {} old versions removed", model_of(*model).table, report.removed, report.looked_at);
    }
}

}  // namespace croft::history
