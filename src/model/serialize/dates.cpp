#include <date/date.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <sstream>

#include "base/text.hpp"
#include "croft/rules.hpp"
#include "text/cron_zone.hpp"

namespace croft {

namespace {

using namespace std::chrono;

/// The moment that the text tells in this format, if it takes all of it.
std::optional<time_point> read_date(const std::string& text, const std::string& format, const text::cron_zone& zone) {
    std::istringstream in(text);
    in.imbue(std::locale::classic());
    ::date::local_time<microseconds> local;
    std::string abbreviation;
    minutes offset{0};
    ::date::from_stream(in, format.c_str(), local, &abbreviation, &offset);
    if (in.fail()) return std::nullopt;
    if (in.peek() != std::istringstream::traits_type::eof()) return std::nullopt;
    if (format.find("%z") != std::string::npos || format.find("%Ez") != std::string::npos)
        return time_point(local.time_since_epoch() - offset);
    const auto whole = floor<seconds>(local.time_since_epoch());
    return zone.to_utc(local_seconds(whole)) + (local.time_since_epoch() - whole);
}

}  // namespace

rule_option dates(std::vector<std::string> formats, std::string zone) {
    const auto found = text::cron_zone::find(zone);
    if (!found) throw config_error("dates(): " + found.error().message);
    return [formats = std::move(formats), zone = *found](field_rule& rule) {
        rule.convert.emplace_back([formats, zone](value v, const field_info&) -> value {
            const auto* text = std::get_if<std::string>(&v);
            if (!text) throw error(to_text(v) + " is not a text with a date");
            for (const auto& format : formats)
                if (auto read = read_date(*text, format, zone)) return *read;
            throw error(fmt::format("{} is not a date as {}", quoted(*text), fmt::join(formats, " or ")));
        });
    };
}

rule_option dates(const char* format, std::string zone) {
    return dates(std::vector<std::string>{format}, std::move(zone));
}

}  // namespace croft
