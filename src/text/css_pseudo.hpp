// Pseudo-classes that are shorthands for other selectors.
#pragma once

#include <string_view>

namespace croft::text::css {

/// The selector that `name` stands for, empty if it is no shorthand.
std::string_view shorthand(std::string_view name);

/// Pseudo-classes that are valid and never match a page at rest: hover, focus, …
bool needs_a_browser(std::string_view name);

}  // namespace croft::text::css
