// Cron cases: kinds iterate (next or prev), match and invalid.
#include "croft/time.hpp"
#include "suite.hpp"
#include "text/cron.hpp"

namespace {

using croft::json;
using croft::time_point;

/// Options of other implementations that change the answer and that Croft doesn't have.
constexpr const char* unsupported[] = {"expand_from_start_time", "implement_cron_bug"};

croft::text::cron_options options_of(const json& the_case) {
    croft::text::cron_options options;
    options.hash_id = the_case.value_or("hash_id", "");
    options.timezone = the_case.value_or("tz", "");
    options.may_never = true;  // other implementations find out when they search
    const json* given = the_case.find("options");
    if (!given || given->is_null()) return options;
    options.seconds_first = given->value_or("second_at_beginning", false);
    options.day_or = given->value_or("day_or", true);
    for (const char* name : unsupported)
        if (given->value_or(name, false)) throw croft::error(std::string("there is no option ") + name);
    return options;
}

time_point start_of(const json& the_case) {
    std::string text = the_case["start"].text();
    if (the_case.value_or("tz", "").empty()) text += 'Z';  // naive time: any zone without offsets will do
    auto t = croft::parse_time(text);
    if (!t) throw croft::parse_error("start", t.error());
    return *t;
}

/// "2026-01-01T00:00:00+01:00", without the offset where the case is in naive time.
std::string in_zone(time_point t, const std::string& zone_name) {
    constexpr std::size_t to_the_second = 19;
    if (zone_name.empty()) return croft::to_text(t).substr(0, to_the_second);
    const auto zone = croft::text::cron_zone::find(zone_name);
    if (!zone) throw croft::error(zone.error().message);
    const auto offset = zone->at(std::chrono::floor<std::chrono::seconds>(t)).offset;
    const auto minutes = std::chrono::abs(std::chrono::floor<std::chrono::minutes>(offset)).count();
    const std::string hours = std::to_string(100 + minutes / 60), rest = std::to_string(100 + minutes % 60);
    return croft::to_text(t + offset).substr(0, to_the_second) + (offset.count() < 0 ? '-' : '+') + hours.substr(1) +
           ':' + rest.substr(1);
}

json iterate(const croft::text::cron& cron, const json& the_case) {
    const bool forward = the_case.value_or("direction", "next") == "next";
    const std::size_t count = the_case["expected"].size();
    json found = json::array({});
    time_point at = start_of(the_case);
    while (found.size() < count) {
        const auto due = forward ? cron.next(at) : cron.previous(at);
        if (!due) break;
        at = *due;
        found.push_back(in_zone(at, the_case.value_or("tz", "")));
    }
    return found;
}

std::string answer(const json& the_case) {
    const auto cron = croft::text::cron::parse(the_case["expr"].text(), options_of(the_case));
    if (!cron) return json::object({{"error", cron.error().describe()}}).dump();
    const std::string kind = the_case["kind"].text();
    if (kind == "match") return json::object({{"matches", cron->matches(start_of(the_case))}}).dump();
    if (kind == "iterate") return json::object({{"next", iterate(*cron, the_case)}}).dump();
    return json::object({{"valid", true}}).dump();  // kind invalid, and there was nothing to complain about
}

const conformance::suite registered("cron", answer);

}  // namespace
