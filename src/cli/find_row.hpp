// The model, the field and the row that somebody at a terminal means. Loop thread only.
#pragma once

#include <string>

#include "croft/model_info.hpp"
#include "croft/task.hpp"

namespace croft::cli {

/// By its name or its table's. Throws command_error, as for any argument that can't be.
const model_info& find_model(const std::string& name);
std::size_t find_field(const model_info& model, const std::string& name);

/// The id of the row with this natural key (where that is one plain field), else with this id; rows that are gone but
/// have a history are found too. Throws command_error when there is none, or when the name belonged to several.
task<std::int64_t> find_row(const model_info* model, std::string key);

}  // namespace croft::cli
