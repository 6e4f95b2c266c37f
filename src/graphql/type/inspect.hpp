// A JSON value as GraphQL's messages show it: `"text"`, `[1, 2]`, `{ a: 1 }`, deep and long ones cut short.
#pragma once

#include <string>

#include "croft/json.hpp"

namespace croft::graphql {

std::string inspect(const json& value);

}  // namespace croft::graphql
