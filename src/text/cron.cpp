#include "text/cron.hpp"

#include <algorithm>

#include "text/cron_calendar.hpp"
#include "text/cron_parser.hpp"

namespace croft::text {
namespace {

using namespace std::chrono;

// A day is kept free at both ends, so that no offset leads out of the years that are searched.
constexpr sys_seconds earliest = sys_days{first_cron_year / 1 / 2};
constexpr sys_seconds latest = sys_days{last_cron_year / 12 / 30};

local_seconds to_local(sys_seconds t, seconds offset) { return local_seconds{t.time_since_epoch() + offset}; }
sys_seconds from_local(local_seconds t, seconds offset) { return sys_seconds{t.time_since_epoch() - offset}; }

/// The last multiple of the period, counted from 1970, that is not after `t`.
sys_seconds last_multiple(sys_seconds t, seconds period) {
    const auto rest = t.time_since_epoch() % period;
    return t - (rest.count() < 0 ? rest + period : rest);
}

}  // namespace

parsed<cron> cron::parse(std::string_view expression, const cron_options& options) {
    auto read = parse_cron(expression, options);
    if (!read) return std::unexpected(std::move(read.error()));
    auto zone = cron_zone::find(options.timezone);
    if (!zone) return std::unexpected(std::move(zone.error()));
    cron result;
    result.fields_ = read->fields;
    result.period_ = read->period;
    result.zone_ = *zone;
    return result;
}

std::optional<time_point> cron::next(time_point after) const {
    if (after >= latest) return std::nullopt;
    const sys_seconds from = std::max(floor<seconds>(after) + seconds{1}, earliest);
    const std::optional<sys_seconds> due = period_.count() != 0 ? last_multiple(from + period_ - seconds{1}, period_)
                                           : fields_.recurring  ? next_recurring(from)
                                                                : next_fixed(from);
    if (!due || *due > latest) return std::nullopt;
    return due;
}

std::optional<time_point> cron::previous(time_point before) const {
    if (before <= earliest) return std::nullopt;
    const sys_seconds until = std::min(ceil<seconds>(before) - seconds{1}, latest);
    const std::optional<sys_seconds> due = period_.count() != 0 ? last_multiple(until, period_)
                                           : fields_.recurring  ? previous_recurring(until)
                                                                : previous_fixed(until);
    if (!due || *due < earliest) return std::nullopt;
    return due;
}

bool cron::matches(time_point t) const {
    const duration resolution = fields_.has_seconds || period_.count() != 0 ? seconds{1} : minutes{1};
    const auto due = t <= latest ? previous(t + duration{1}) : std::nullopt;
    return due && t - *due < resolution;
}

// Stretch by stretch of one offset each, in which local time runs evenly. A stretch without a match costs one look,
// and there are two in a year at most.
std::optional<sys_seconds> cron::next_recurring(sys_seconds from) const {
    while (from < latest) {
        const auto span = zone_.at(from);
        const auto local = first_at_or_after(fields_, to_local(from, span.offset));
        if (!local) return std::nullopt;
        if (const auto t = from_local(*local, span.offset); t < span.end) return t;
        from = span.end;
    }
    return std::nullopt;
}

std::optional<sys_seconds> cron::previous_recurring(sys_seconds until) const {
    while (until >= earliest) {
        const auto span = zone_.at(until);
        const auto local = last_at_or_before(fields_, to_local(until, span.offset));
        if (!local) return std::nullopt;
        if (const auto t = from_local(*local, span.offset); t >= span.begin) return t;
        until = span.begin - seconds{1};
    }
    return std::nullopt;
}

// Every local time that matches has one moment (cron_zone::to_utc), and the moments come in the order of local times.
// So only the start of the search needs care: the times of a gap are due at its end, and at any moment of a fold's
// second pass all the times of the fold are over.
std::optional<sys_seconds> cron::next_fixed(sys_seconds from) const {
    const auto span = zone_.at(from);
    auto start = to_local(from, span.offset);
    if (from == span.begin) start = std::min(start, zone_.unchanged_begin(span));
    for (auto local = first_at_or_after(fields_, start); local; local = first_at_or_after(fields_, *local + seconds{1}))
        if (const auto t = zone_.to_utc(*local); t >= from) return t;
    return std::nullopt;
}

std::optional<sys_seconds> cron::previous_fixed(sys_seconds until) const {
    const auto span = zone_.at(until);
    const auto start = std::max(to_local(until, span.offset), zone_.unchanged_begin(span) - seconds{1});
    for (auto local = last_at_or_before(fields_, start); local; local = last_at_or_before(fields_, *local - seconds{1}))
        if (const auto t = zone_.to_utc(*local); t <= until) return t;
    return std::nullopt;
}

}  // namespace croft::text
