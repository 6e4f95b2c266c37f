#include "app/wanted_schema.hpp"

#include <filesystem>

namespace croft::app {
namespace {

bool is_own(const model_info& model) { return model.table.starts_with("croft_"); }

std::vector<const model_info*> models(bool own) {
    std::vector<const model_info*> some;
    for (const auto* model : all_models())
        if (is_own(*model) == own) some.push_back(model);
    return some;
}

}  // namespace

std::vector<const model_info*> app_models() { return models(false); }

migrations::wishes wanted_schema() { return {models(true), models(false)}; }

const migrations::program& program_migrations() {
    static const migrations::program made(migrations::declared_migrations());
    return made;
}

bool database_exists(const std::string& url) {
    std::string_view path = url;
    if (path.starts_with("sqlite:")) {
        path.remove_prefix(7);
        if (path.starts_with("//")) path.remove_prefix(2);
    } else if (path.find("://") != std::string_view::npos) {
        return true;
    }
    if (path == ":memory:") return true;
    std::error_code ignored;
    return std::filesystem::exists(path, ignored);
}

}  // namespace croft::app
