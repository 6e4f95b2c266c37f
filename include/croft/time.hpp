// Time: points in UTC with microseconds, and durations.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "croft/error.hpp"

namespace croft {

using namespace std::chrono_literals;

using duration = std::chrono::microseconds;
using time_point = std::chrono::sys_time<std::chrono::microseconds>;

}  // namespace croft
