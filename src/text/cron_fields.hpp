// What a cron expression allows, as bit sets: the parser fills it, the calendar searches it. Plain data.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>

namespace croft::text {

/// In the order of croniter's fields, whose numbers enter the hash of an `H`.
enum class cron_unit : std::uint8_t { minute, hour, day, month, weekday, second, year };

struct cron_fields {
    static constexpr int first_year = 1970, last_year = 2099;  // of a year field; without one any year will do

    std::uint64_t seconds = 1;  // bit n: second n
    std::uint64_t minutes = 0;
    std::uint32_t hours = 0;
    std::uint32_t days = 0;                      // bit n: day n of the month
    std::uint16_t months = 0;                    // bit n: month n, January is 1
    std::uint8_t weekdays = 0;                   // bit n: weekday n, Sunday is 0
    std::array<std::uint8_t, 7> nth_weekdays{};  // for each weekday: bit n, the nth of the month; bit 0, the last
    std::bitset<last_year - first_year + 1> years;
    std::uint8_t nearest_weekday = 0;  // 15 for "15W": the Monday to Friday nearest to that day; 0: none
    bool last_day = false;             // "L": the last day of the month
    bool any_day = false;              // the field is "*", so the weekday alone decides
    bool any_weekday = false;          // the same the other way round
    bool any_year = true;
    bool day_or = true;  // day of month and weekday, both given: either will do (else both must match)

    /// Minute or hour is "*", a range or a step: the expression follows the sun and runs as often as local clocks show
    /// a time that matches. Otherwise it names fixed times of day, each of which happens once a day. See cron.hpp.
    bool recurring = false;
    bool has_seconds = false;  // six or seven fields: matches are exact to the second, else to the minute
};

}  // namespace croft::text
