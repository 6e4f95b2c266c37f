#include "work/quiet_hours.hpp"

#include <fmt/format.h>

#include <charconv>
#include <string_view>

#include "base/text.hpp"

namespace croft::work {
namespace {

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

/// "22:00" as "0 22 * * *"; nothing when it is no time of day.
std::optional<std::string> daily(std::string_view text) {
    text = trimmed(text);
    int hour = 0, minute = 0;
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    const auto read = [](std::string_view two, int& into) {
        return std::from_chars(two.data(), two.data() + two.size(), into).ptr == two.data() + two.size();
    };
    if (!read(text.substr(0, 2), hour) || !read(text.substr(3), minute)) return std::nullopt;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return std::nullopt;
    return fmt::format("{} {} * * *", minute, hour);
}

}  // namespace

parsed<quiet_hours> quiet_hours::make(const std::string& spec, const std::string& timezone) {
    quiet_hours made;
    std::string_view rest = spec;
    while (!trimmed(rest).empty()) {
        const auto comma = std::min(rest.find(','), rest.size());
        const auto one = trimmed(rest.substr(0, comma));
        rest.remove_prefix(std::min(comma + 1, rest.size()));
        const auto dash = std::min(one.find('-'), one.size());
        const auto from = daily(one.substr(0, dash));
        const auto to = daily(one.substr(std::min(dash + 1, one.size())));
        if (!from || !to || *from == *to)
            return std::unexpected(parse_failure{quoted(one) + R"( is no time of quiet; write it as "22:00-06:00")"});
        auto begin = text::cron::parse(*from, {.hash_id = {}, .timezone = timezone, .seed = 0});
        auto end = text::cron::parse(*to, {.hash_id = {}, .timezone = timezone, .seed = 0});
        if (!begin) return std::unexpected(begin.error());
        if (!end) return std::unexpected(end.error());
        made.windows_.push_back({*std::move(begin), *std::move(end)});
    }
    return made;
}

std::optional<time_point> quiet_hours::end(time_point at) const {
    std::optional<time_point> until;
    for (const auto& one : windows_) {
        const auto began = one.from.previous(at + 1us), ended = one.to.previous(at + 1us);
        if (!began || (ended && *ended >= *began)) continue;
        const auto over = one.to.next(at);
        if (over && (!until || *over > *until)) until = over;
    }
    return until;
}

}  // namespace croft::work
