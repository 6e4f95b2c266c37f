// The folder with the app's sources, as croft_app() of the CMake package tells it. Loop thread only.
#pragma once

#include <filesystem>

namespace croft::app {

/// The current folder where nobody told.
std::filesystem::path app_folder();

}  // namespace croft::app
