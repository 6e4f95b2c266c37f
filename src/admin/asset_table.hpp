// The table behind assets.hpp; cmake/embed_assets.cmake writes its source at build time.
#pragma once

#include <span>
#include <string_view>

#include "admin/assets.hpp"

namespace croft::admin {

std::span<const asset> all_assets();
std::string_view graphiql_template();  // graphiql.html, with its placeholder

}  // namespace croft::admin
