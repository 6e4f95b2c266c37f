// croft cron EXPR [--zone ZONE] [--count N] [--from TIME] [--id NAME] [--at TIME]: explains a cron expression.
#include <fmt/format.h>

#include <cstdlib>
#include <map>
#include <vector>

#include "blades.hpp"
#include "croft/clock.hpp"
#include "text/cron.hpp"
#include "text/cron_words.hpp"

namespace croft::tool {
namespace {

constexpr const char* usage =
    "croft cron EXPRESSION [options]: explain a cron expression and list its next times\n"
    "  --zone ZONE    its time zone (Europe/Berlin); without it UTC\n"
    "  --from TIME    list what comes after this time (2026-03-01T00:00Z); without it after now\n"
    "  --count N      how many times to list (5)\n"
    "  --at TIME      don't list, but tell whether it is due at this time: exit code 0 when it is, 1 when not\n"
    "  --id NAME      what H hashes: a task's name (cron)\n";

time_point time_of(const std::string& option, const std::string& text) {
    const auto read = parse_time(text);
    if (!read) throw error(fmt::format("{} {}: {}", option, text, read.error().message));
    return *read;
}

/// "Sun 2026-03-01 04:30:00 +01:00".
std::string local_time(time_point at, const text::cron_zone& zone) {
    const auto offset = zone.at(std::chrono::floor<std::chrono::seconds>(at)).offset;
    const auto local = at + offset;
    const auto day = std::chrono::weekday(std::chrono::floor<std::chrono::days>(local)).c_encoding();
    constexpr const char* names[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    auto written = to_text(local).substr(0, 19);
    written[10] = ' ';
    const auto minutes = std::abs(std::chrono::floor<std::chrono::minutes>(offset).count());
    return fmt::format("{} {} {}{:02}:{:02}", names[day], written, offset.count() < 0 ? '-' : '+', minutes / 60,
                       minutes % 60);
}

}  // namespace

int cron(const std::vector<std::string>& arguments) {
    std::map<std::string, std::string> options{
        {"--zone", ""}, {"--from", ""}, {"--count", "5"}, {"--at", ""}, {"--id", "cron"}};
    std::string expression;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (const auto option = options.find(arguments[i]); option != options.end() && i + 1 < arguments.size())
            option->second = arguments[++i];
        else if (arguments[i].starts_with("--") || !expression.empty())
            return fmt::print(stderr, "{}", usage), 2;
        else
            expression = arguments[i];
    }
    if (expression.empty()) return fmt::print(stderr, "{}", usage), 2;
    const text::cron_options how{.hash_id = options["--id"], .timezone = options["--zone"]};
    const auto when = text::cron::parse(expression, how);
    if (!when) {
        fmt::print(stderr, "{}\n{:>{}}\n{}\n", expression, "^", when.error().column, when.error().message);
        return 2;
    }
    if (!options["--at"].empty()) {
        const bool due = when->matches(time_of("--at", options["--at"]));
        fmt::print("{}\n", due ? "due" : "not due");
        return due ? 0 : 1;
    }
    fmt::print("{}\n", *text::cron_words(expression, how));
    const auto zone = text::cron_zone::find(options["--zone"].empty() ? "UTC" : options["--zone"]);
    if (!zone) throw error(zone.error().message);
    auto at = options["--from"].empty() ? now() : time_of("--from", options["--from"]);
    for (int i = 0; i < std::atoi(options["--count"].c_str()); ++i) {
        const auto next = when->next(at);
        if (!next) break;
        at = *next;
        fmt::print("  {}\n", local_time(at, *zone));
    }
    return 0;
}

}  // namespace croft::tool
