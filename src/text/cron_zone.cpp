#include "text/cron_zone.hpp"

#define USE_OS_TZDB 1  // as Debian builds the library: the zones of the system's tzdata
#include <date/tz.h>
#include <fmt/format.h>

#include <stdexcept>

namespace croft::text {
namespace {

using namespace std::chrono;

constexpr local_seconds local(sys_seconds t, seconds offset) { return local_seconds{t.time_since_epoch() + offset}; }

}  // namespace

parsed<cron_zone> cron_zone::find(std::string_view name) {
    cron_zone found;
    if (name.empty() || name == "UTC") return found;
    try {
        found.zone_ = ::date::locate_zone(std::string(name));
        found.at(sys_seconds{});  // reads the zone's file, so that a damaged one is found here
    } catch (const std::exception& e) {
        return std::unexpected(parse_failure{
            fmt::format("unknown time zone \"{}\": give a name of the IANA database such as \"Europe/Berlin\", or "
                        "\"UTC\"; the package tzdata must be installed ({})",
                        name, e.what())});
    }
    return found;
}

cron_zone::span cron_zone::at(sys_seconds t) const {
    if (zone_ == nullptr) return {sys_seconds::min(), sys_seconds::max(), seconds{0}};
    const ::date::sys_info info = zone_->get_info(t);
    return {info.begin, info.end, info.offset};
}

local_seconds cron_zone::unchanged_begin(const span& s) const {
    constexpr auto long_ago = year{0} / 1 / 1;  // before the first entry of any zone
    if (s.begin < sys_days{long_ago}) return local_days{long_ago};
    return local(s.begin, at(s.begin - seconds{1}).offset);
}

sys_seconds cron_zone::to_utc(local_seconds t) const {
    if (zone_ == nullptr) return sys_seconds{t.time_since_epoch()};
    const ::date::local_info info = zone_->get_info(::date::local_seconds{t.time_since_epoch()});
    if (info.result == ::date::local_info::nonexistent) return info.first.end;
    return sys_seconds{t.time_since_epoch() - info.first.offset};
}

}  // namespace croft::text
