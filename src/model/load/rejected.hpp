// The table of rows that were set aside: how much of it is kept. Loop thread only.
#pragma once

#include <optional>
#include <string>

#include "croft/time.hpp"
#include "model/load/tables.hpp"

namespace croft::loading {

/// Of each model; and since they came last.
constexpr std::int64_t rejected_rows_kept = 10'000;
constexpr duration rejected_rows_kept_for = 30 * 24h;
/// Of one load; more are counted only.
constexpr std::size_t most_rejected_rows_a_load = 1000;

/// The run and task that this belongs to, if any.
std::pair<std::optional<std::int64_t>, std::optional<std::string>> author();

}  // namespace croft::loading
