#include "model/load/rejected.hpp"

#include <set>

#include <fmt/format.h>

#include "base/text.hpp"
#include "croft/query.hpp"
#include "model/load/job.hpp"
#include "runtime/loop.hpp"
#include "runtime/run_info.hpp"

namespace croft::loading {

namespace {

std::string hex(digest128 d) {
    return fmt::format("{:016x}{:016x}", static_cast<std::uint64_t>(d >> 64), static_cast<std::uint64_t>(d));
}

std::string reason_of(const rejection& one) {
    return one.path.empty() ? one.reason : quoted(one.path) + ": " + one.reason;
}

croft_rejected row_of(const model_info& model, std::span<const rejection> reasons) {
    croft_rejected made;
    made.model = model.name;
    made.row = static_cast<std::int64_t>(reasons.front().row);
    if (reasons.front().source) made.source = *reasons.front().source;
    for (const auto& one : reasons) made.reasons += (made.reasons.empty() ? "" : "\n") + reason_of(one);
    made.digest =
        hex(fnv_1a().add(made.model).add("\x1f").add(made.source.value_or("")).add("\x1f").add(made.reasons).digest());
    made.first_at = made.last_at = now();
    std::tie(made.run, made.task) = author();
    return made;
}

task<> keep(croft_rejected row) {
    const auto same = query<croft_rejected>().where(f<&croft_rejected::digest> == row.digest);
    if (const auto known = co_await same.first())
        co_await same.update(set<&croft_rejected::last_at>(row.last_at), set<&croft_rejected::times>(known->times + 1),
                             set<&croft_rejected::row>(row.row), set<&croft_rejected::run>(row.run),
                             set<&croft_rejected::task>(row.task));
    else
        co_await save(row);
}

/// What nobody has sent for long goes, and of much the oldest.
task<> forget_old(std::string model) {
    const auto of_model = query<croft_rejected>().where(f<&croft_rejected::model> == model);
    co_await of_model.where(f<&croft_rejected::last_at> < now() - rejected_rows_kept_for).remove();
    const auto beyond =
        co_await of_model.order_by(f<&croft_rejected::last_at>.descending()).offset(rejected_rows_kept).limit(1).list();
    if (!beyond.empty()) co_await of_model.where(f<&croft_rejected::last_at> <= beyond.front().last_at).remove();
}

}  // namespace

std::pair<std::optional<std::int64_t>, std::optional<std::string>> author() {
    const auto& run = runtime::locals().run;
    if (!run || !run->id) return {};
    return {run->id, run->task};
}

std::vector<croft_rejected> rejected_rows(const part& of) {
    std::vector<croft_rejected> rows;
    const auto& all = of.in.rejected;
    for (std::size_t from = 0; from < all.size() && rows.size() < most_rejected_rows_a_load;) {
        auto until = from + 1;  // reasons of one row stand together and share its source
        while (until < all.size() && all[until].source && all[until].source == all[from].source) ++until;
        rows.push_back(row_of(of.model(), std::span(all).subspan(from, until - from)));
        from = until;
    }
    return rows;
}

task<> store_rejected(std::vector<croft_rejected> rows) {
    if (rows.empty()) co_return;
    std::set<std::string> models;
    for (const auto& row : rows) models.insert(row.model);
    co_await transaction([&]() -> task<> {
        for (auto& row : rows) co_await keep(std::move(row));
        for (const auto& model : models) co_await forget_old(model);
    });
}

}  // namespace croft::loading
