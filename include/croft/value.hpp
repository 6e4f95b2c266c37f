// A value of a database column or a model field whose type is known at run time only. The typed front (models, queries)
// turns into these, and everything behind it (SQL, history, GraphQL, admin) works on them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "croft/time.hpp"

namespace croft {

using bytes = std::vector<std::byte>;

/// null, bool, integer, real, text, bytes or a time.
using value = std::variant<std::monostate, bool, std::int64_t, double, std::string, bytes, time_point>;

inline bool is_null(const value& v) noexcept { return v.index() == 0; }

}  // namespace croft
