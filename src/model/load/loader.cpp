#include "croft/every.hpp"
#include "croft/log.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <set>

#include "croft/transaction.hpp"
#include "model/load/job.hpp"
#include "model/load/rejected.hpp"

namespace croft::loading {

namespace {

constexpr std::size_t kept_rejections = 1000, most_known_ids = 100'000;

/// By row; reasons of a row stay in the order in which they were found.
void in_order(std::vector<rejection>& all) {
    std::multimap<std::size_t, rejection> sorted;
    for (auto& one : all) sorted.emplace(one.row, std::move(one));
    all.clear();
    for (auto& [row, one] : sorted) all.push_back(std::move(one));
}

/// Sorted names into sorted names.
void add_names(std::vector<std::string>& into, const std::vector<std::string>& names) {
    std::vector<std::string> all;
    std::ranges::set_union(into, names, std::back_inserter(all));
    into = std::move(all);
}

/// A load from its first rows to its end.
class job {
public:
    explicit job(load_options all) : options_(std::move(all)) {}

    /// Rows of one model, with their nested ones as parts of their own. The same model again: more of its rows.
    void add(incoming rows, const load_options& options, std::size_t place) {
        auto children = std::exchange(rows.children, {});
        const auto known = std::ranges::find(parts_, place, &part::placed);
        if (known == parts_.end()) {
            check_options(*rows.model, options);
            parts_.emplace_back(std::move(rows), options).placed = place;
        } else {
            take_in(*known, std::move(rows));
        }
        for (std::size_t i = 0; i < children.size(); ++i) add_child(std::move(children[i]), options, place, i);
    }

    /// Everything that was added goes to the database.
    task<> write() {
        arrange();
        for (auto* one : order_) {
            prepare(*one, models_);
            make_distinct(*one);
        }
        refuse_too_many();
        co_await write_in_waves();
        for (auto* one : order_) co_await write_later(one);
        refuse_too_many();
        for (auto* one : order_)
            if (one->child) co_await settle_missing(one);
    }

    /// What is missing is settled, what was rejected is stored, and the cursor.
    task<> finish() {
        for (auto one = order_.rbegin(); one != order_.rend(); ++one)
            if (!(*one)->child) co_await settle_missing(*one);
        co_await store_rejected();
        if (options_.cursor) co_await save(*options_.cursor);
    }

    /// Takes what was rejected into the reports.
    void collect_rejected() {
        for (auto& one : parts_) {
            in_order(one.in.rejected);
            auto rows = rejected_rows(one);
            rows.resize(
                std::min(rows.size(), most_rejected_rows_a_load - std::min(stored_, most_rejected_rows_a_load)));
            stored_ += rows.size();
            std::ranges::move(rows, std::back_inserter(to_store_));
            one.report.rejected_rows += std::exchange(one.in.rejected_rows, 0);
            auto& kept = one.report.rejected;
            for (auto& rejection : one.in.rejected)
                if (kept.size() < kept_rejections) kept.push_back(std::move(rejection));
            one.in.rejected.clear();
            add_names(one.report.unknown, one.in.unknown);
        }
    }

    /// Those that are to be stored stay known until forget_stored(): a transaction may take them away again.
    task<> store_rejected() {
        collect_rejected();
        co_await loading::store_rejected(to_store_);
    }
    void forget_stored() { to_store_.clear(); }

    /// In the order in which the parts were added.
    std::vector<load_report> reports() {
        std::vector<load_report> all;
        for (auto& one : parts_) {
            tell(one);
            if (!one.child) all.push_back(std::move(one.report));
        }
        for (auto& one : parts_)
            if (one.child) all[one.placed % child_places].children.push_back(std::move(one.report));
        return all;
    }

private:
    static constexpr std::size_t child_places = 10'000;  // parts; a child's place is its parent's and more

    static void check_options(const model_info& model, const load_options& options) {
        if (options.missing != missing::mark) return;
        const auto* field = options.mark.field ? &model.fields[*options.mark.field] : nullptr;
        const bool time = field && field->type == field_type::timestamp && field->nullable;
        if (!time && !(field && field->type == field_type::boolean))
            throw error(
                fmt::format("load of {}: missing::mark needs a field that says so: {{.mark = "
                            "f<&{}::gone_since>}}, an optional time or a bool",
                            model.name, model.name));
    }

    static void take_in(part& into, incoming rows) {
        auto& in = into.in;
        for (auto& by : into.references)
            if (by.ids.size() > most_known_ids) by.ids.clear();
        in.policy = rows.policy;
        if (!in.fields.empty() && !rows.rows.empty() && rows.fields != in.fields) into.references.clear();
        if (!rows.rows.empty() || in.fields.empty())
            in.fields = std::move(rows.fields), in.references = std::move(rows.references);
        in.rows = std::move(rows.rows);
        in.origins = std::move(rows.origins);
        in.source = std::move(rows.source);
        in.rejected = std::move(rows.rejected);
        in.rejected_rows = rows.rejected_rows;
        std::ranges::move(rows.set_aside, std::back_inserter(in.set_aside));
        in.unidentified += rows.unidentified;
        add_names(in.unknown, rows.unknown);
        in.parents_told = std::move(rows.parents_told);
    }

    void add_child(incoming rows, load_options options, std::size_t parent, std::size_t place) {
        options.missing = missing::keep;
        options.scope = {};
        const auto own = parent + (place + 1) * child_places;
        add(std::move(rows), options, own);
        std::ranges::find(parts_, own, &part::placed)->child = true;
    }

    /// Each part after those that it refers to; of a circle, in the order they were added.
    void arrange() {
        order_.clear();
        models_.clear();
        std::set<const part*> placed;
        for (auto& one : parts_) models_.push_back(one.in.model);
        for (auto& one : parts_) place(one, placed);
    }
    void place(part& one, std::set<const part*>& placed) {
        if (!placed.insert(&one).second) return;
        for (const auto& field : one.model().fields)
            for (auto& other : parts_)
                if (field.target && &field.target() == other.in.model) place(other, placed);
        order_.push_back(&one);
    }

    std::size_t waiting() const {
        std::size_t rows = 0;
        for (const auto* one : order_) rows += one->in.rows.size();
        return rows;
    }

    task<> write_in_waves() {
        for (bool first = true; waiting() > 0; first = false) {
            const auto before = waiting();
            for (auto* one : order_) {
                if (one->in.rows.empty()) continue;
                auto ready = co_await take_resolved(one, order_, first);
                co_await loading::write(one, std::move(ready));
            }
            if (waiting() == before) co_await break_circles();
        }
    }

    task<> break_circles() {
        for (auto* one : order_) {
            auto open = break_circle(*one, order_);
            if (open.rows.empty()) continue;
            co_await loading::write(one, std::move(open));
            co_return;
        }
        for (auto* one : order_)
            if (!one->in.rows.empty()) reject_waiting(*one);
    }

    void refuse_too_many() const {
        for (const auto* one : order_) {
            const auto rows = one->report.rejected_rows + one->in.rejected_rows;
            if (rows <= one->options.max_rejected) continue;
            const auto& first = one->report.rejected.empty() ? one->in.rejected.front() : one->report.rejected.front();
            throw error(
                fmt::format("{} rows of {} were rejected, more than the {} allowed; nothing was written; the "
                            "first: {}",
                            rows, one->model().name, one->options.max_rejected, first.describe()));
        }
    }

    static void tell(const part& one) {
        const auto& report = one.report;
        if (report.removal_refused) mark_run(report.model->name + ": " + report.why_refused);
        if (one.in.policy == unknown_fields::ignore) return;
        const auto fresh = not_told_before(one.model(), report.unknown);
        if (!fresh.empty())
            log::warn("{}: the source has fields that nothing maps: {}", report.model->name,
                      fmt::format("{}", fmt::join(fresh, ", ")));
    }

    /// Of these source fields, those that this run hasn't heard of.
    static std::vector<std::string> not_told_before(const model_info& model, const std::vector<std::string>& unknown) {
        static std::map<std::int64_t, std::set<std::pair<const model_info*, std::string>>> told;
        const auto run = author().first;
        std::set<std::pair<const model_info*, std::string>> outside;
        if (told.size() > 20) told.clear();
        auto& here = run ? told[*run] : outside;
        std::vector<std::string> fresh;
        for (const auto& name : unknown)
            if (here.emplace(&model, name).second) fresh.push_back(name);
        return fresh;
    }

    load_options options_;
    std::deque<part> parts_;
    std::vector<part*> order_;
    std::vector<const model_info*> models_;
    std::vector<croft_rejected> to_store_;
    std::size_t stored_ = 0;
};

bool whole(const load_options& options) {
    return options.atomic || options.max_rejected != static_cast<std::size_t>(-1);
}

/// Runs `work`, in one transaction or as it comes. Where it stops, what it rejected is stored nevertheless.
task<> run(job* all, bool in_one_transaction, std::function<task<>()> work) {
    std::exception_ptr failure;
    try {
        if (in_one_transaction)
            co_await transaction([&] { return work(); });
        else
            co_await work();
    } catch (...) {
        failure = std::current_exception();
    }
    if (!failure) co_return;
    try {
        co_await all->store_rejected();
    } catch (const std::exception& e) {
        log::warn("rejected rows could not be stored: {}", e.what());
    }
    std::rethrow_exception(failure);
}

}  // namespace
}  // namespace croft::loading

namespace croft {

load_report::load_report() = default;
load_report::load_report(const load_report& other) = default;
load_report::load_report(load_report&& other) noexcept = default;
load_report& load_report::operator=(const load_report& other) = default;
load_report& load_report::operator=(load_report&& other) noexcept = default;
load_report::~load_report() = default;

load_part::load_part(incoming read, load_options how) : rows(std::move(read)), options(std::move(how)) {}
load_part part(incoming rows, load_options options) { return {std::move(rows), std::move(options)}; }

std::string load_report::describe() const {
    std::string out = fmt::format("{}: {} inserted, {} updated, {} unchanged, {} removed", model ? model->name : "",
                                  inserted, updated, unchanged, removed);
    if (marked) out += fmt::format(", {} marked as gone", marked);
    if (removal_refused) out += "; " + why_refused;
    if (rejected_rows) {
        out += fmt::format(", {} rejected", rejected_rows);
        if (!rejected.empty())
            out += fmt::format(" ({}{})", rejected.front().describe(), rejected.size() > 1 ? "; …" : "");
    }
    for (const auto& child : children) out += "; " + child.describe();
    return out;
}

namespace detail {

void append_object(incoming& rows, const void* object) {
    const auto& model = *rows.model;
    const bool with_id = model.uniques.empty() || !model.assigns_key();
    if (rows.fields.empty())
        for (std::size_t i = 0; i < model.fields.size(); ++i)
            if (model.fields[i].role == field_role::plain && (i != model.id || with_id)) rows.fields.push_back(i);
    std::vector<value> values;
    values.reserve(rows.fields.size() + 2);
    for (auto i : rows.fields)
        values.push_back(model.fields[i].get(static_cast<const char*>(object) + model.fields[i].offset));
    rows.rows.push_back(std::move(values));
    rows.origins.push_back({rows.origins.size() + 1});
}

task<load_report> load_rows(incoming in, load_options options) {
    const bool nothing = in.rows.empty() && in.rejected.empty() && in.fields.empty();
    if (nothing && options.missing == missing::keep && !options.cursor) {
        load_report empty;
        empty.model = in.model;
        co_return empty;
    }
    loading::job all(options);
    all.add(std::move(in), options, 0);
    co_await loading::run(&all, loading::whole(options) || options.cursor, [&]() -> task<> {
        co_await all.write();
        co_await all.finish();
    });
    co_return std::move(all.reports().front());
}

task<std::vector<load_report>> load_parts(std::vector<load_part> parts) {
    loading::job all(load_options{});
    std::set<const model_info*> models;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (!models.insert(parts[i].rows.model).second)
            throw error(
                fmt::format("load_all: {} stands there twice; put its rows together", parts[i].rows.model->name));
        all.add(std::move(parts[i].rows), parts[i].options, i);
    }
    co_await loading::run(&all, true, [&]() -> task<> {
        co_await all.write();
        co_await all.finish();
        for (const auto& one : parts)
            if (one.options.cursor) co_await save(*one.options.cursor);
    });
    co_return all.reports();
}

task<load_report> load_batches(const model_info* model, next_rows next, load_options options) {
    loading::job all(options);
    incoming none;
    none.model = model;
    all.add(std::move(none), options, 0);
    std::size_t rows = 0;
    const bool whole = loading::whole(options);
    co_await loading::run(&all, whole, [&]() -> task<> {
        while (auto some = co_await next()) {
            std::size_t highest = 0;
            const auto renumber = [&](incoming& in) {
                for (auto& from : in.origins) highest = std::max(highest, from.number), from.number += rows;
                for (auto& one : in.rejected) highest = std::max(highest, one.row), one.row += rows;
                for (auto& told : in.parents_told) told.first += rows;
            };
            renumber(*some);
            for (auto& child : some->children) renumber(child);
            rows += highest;
            all.add(std::move(*some), options, 0);
            co_await all.write();
            all.collect_rejected();
            if (whole) continue;
            co_await all.store_rejected();
            all.forget_stored();
        }
        co_await transaction([&] { return all.finish(); });
    });
    co_return std::move(all.reports().front());
}

}  // namespace detail
}  // namespace croft
