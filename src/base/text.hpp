// Small helpers for names and messages. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace croft {

/// "RecipeItem" -> "recipe_item", "HTTPServer" -> "http_server".
std::string snake_case(std::string_view name);
/// "recipe_item" -> "RecipeItem".
std::string pascal_case(std::string_view name);
/// "sell_price" -> "sellPrice".
std::string camel_case(std::string_view name);
/// "text" in quotes, shortened to 60 bytes, control characters as spaces: for messages.
std::string quoted(std::string_view text);
/// "; did you mean \"name\"?" for the nearest of `known`, or nothing when none is near.
std::string did_you_mean(std::string_view wrong, const std::vector<std::string_view>& known);

}  // namespace croft
