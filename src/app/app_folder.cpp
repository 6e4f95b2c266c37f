#include "app/app_folder.hpp"

#include "croft/app.hpp"

namespace croft {
namespace {

std::filesystem::path& kept() {
    static std::filesystem::path folder = ".";
    return folder;
}

}  // namespace

bool detail::set_app_folder(const char* folder) {
    kept() = folder;
    return true;
}

std::filesystem::path app::app_folder() { return kept(); }

}  // namespace croft
