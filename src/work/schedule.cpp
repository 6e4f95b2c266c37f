#include "work/schedule.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"

namespace croft::work {
namespace {

std::unexpected<parse_failure> refuse(std::string why) { return std::unexpected(parse_failure{std::move(why)}); }

}  // namespace

parsed<schedule> schedule::make(const task_info& task, std::uint64_t seed) {
    const auto& zone = task.options.timezone;
    if (const auto* every = std::get_if<duration>(&task.when)) {
        if (*every < 1s) return refuse(fmt::format("its interval is {}; it must be at least 1 s", to_text(*every)));
        if (!zone.empty()) return refuse(".timezone means nothing to CROFT_EVERY; use CROFT_CRON");
        return schedule(*every, "every " + to_text(*every));
    }
    const auto& spec = std::get<std::string>(task.when);
    auto cron = text::cron::parse(spec, {.hash_id = task.name, .timezone = zone, .seed = seed});
    if (!cron)
        return refuse(
            fmt::format("cron spec {}, column {}: {}", quoted(spec), cron.error().column, cron.error().message));
    return schedule(*std::move(cron), zone.empty() ? spec : spec + ", " + zone);
}

std::optional<time_point> schedule::next(time_point after, time_point on) const {
    if (const auto* cron = std::get_if<text::cron>(&when_)) return cron->next(after);
    const auto every = std::get<duration>(when_);
    if (on > after) return on - (on - after - 1us) / every * every;
    return on + ((after - on) / every + 1) * every;
}

time_point schedule::latest(time_point first, time_point now) const {
    if (const auto* cron = std::get_if<text::cron>(&when_))
        return std::max(first, cron->previous(now + 1us).value_or(first));
    const auto every = std::get<duration>(when_);
    return first + (now - first) / every * every;
}

time_point schedule::first_of_last(time_point first, time_point last, int count) const {
    const auto* cron = std::get_if<text::cron>(&when_);
    if (!cron) return std::max(first, last - (count - 1) * std::get<duration>(when_));
    for (; count > 1 && last > first; --count) last = cron->previous(last).value_or(first);
    return std::max(first, last);
}

}  // namespace croft::work
