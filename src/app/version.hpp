// Croft's own version. Any thread.
#pragma once

#include <string_view>

namespace croft::app {

std::string_view version() noexcept;  // "0.1.0"

}  // namespace croft::app
