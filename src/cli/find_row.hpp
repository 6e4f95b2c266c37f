// The row that somebody at a terminal means. Loop thread only.
#pragma once

#include <string>

#include "croft/model_info.hpp"
#include "croft/task.hpp"

namespace croft::cli {

/// The id of the row with this natural key (where that is one plain field), else with this id; rows that are gone but
/// have a history are found too. Throws command_error when there is none, or when the name belonged to several.
task<std::int64_t> find_row(const model_info* model, std::string key);

}  // namespace croft::cli
