// A value of a database column or a model field whose type is known at run time only. The typed front (models, queries)
// turns into these, and everything behind it (SQL, history, GraphQL, admin) works on them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "croft/decimal.hpp"
#include "croft/time.hpp"
#include "croft/uuid.hpp"

namespace croft {

using bytes = std::vector<std::byte>;

/// A JSON value as compact text, where it must not be taken for a plain text.
struct json_text {
    std::string text;
    friend bool operator==(const json_text&, const json_text&) = default;
    friend auto operator<=>(const json_text&, const json_text&) = default;
};

/// null, bool, integer, real, text, bytes, a time, a date, a duration, a decimal, a UUID or JSON. An enum is the text
/// of its name. Drivers know the alternatives by their order: new ones go to the end.
using value = std::variant<std::monostate, bool, std::int64_t, double, std::string, bytes, time_point, date, duration,
                           decimal_value, uuid, json_text>;

inline bool is_null(const value& v) noexcept { return v.index() == 0; }

}  // namespace croft
