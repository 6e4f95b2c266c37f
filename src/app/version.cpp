#include "app/version.hpp"

namespace croft::app {

std::string_view version() noexcept { return CROFT_VERSION; }

}  // namespace croft::app
