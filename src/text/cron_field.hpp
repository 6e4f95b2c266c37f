// One field of a cron expression: "1-30/7,L" becomes the set of its values. Used by the parser of whole expressions.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <string_view>

#include "croft/error.hpp"
#include "text/cron_fields.hpp"

namespace croft::text {

/// What a field may hold.
struct cron_field_rule {
    cron_unit unit;
    std::string_view name;
    int low, high;
    std::string_view allowed;  // for messages
};
const cron_field_rule& cron_rule(cron_unit unit);

/// What `H` and `R` draw from.
struct cron_draw {
    std::string_view hash_id;  // empty: `H` is refused
    std::uint64_t seed = 0;
};

struct cron_field {
    std::bitset<cron_fields::last_year - cron_fields::first_year + 1> values;  // bit n: the value low + n
    std::array<std::uint8_t, 7> nth{};  // weekday only, as cron_fields::nth_weekdays
    std::uint8_t nearest_weekday = 0;   // day only
    bool last_day = false;              // day only
    bool star = false;                  // nothing but "*" (or "?")
    bool recurring = false;             // has a "*", a range or a step
};

/// `text` is in lower case. `zero_is_first` lets a 0 stand for day 1 (croniter, six fields). Columns of a failure count
/// within the field.
parsed<cron_field> parse_cron_field(std::string_view text, cron_unit unit, const cron_draw& draw,
                                    bool zero_is_first = false);

}  // namespace croft::text
