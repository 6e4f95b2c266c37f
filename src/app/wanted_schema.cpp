#include "app/wanted_schema.hpp"

#include <filesystem>

#include "db/url.hpp"

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
    const auto where = db::read_url(url);
    if (where.kind == db::engine::postgres || where.file == ":memory:") return true;
    std::error_code ignored;
    return std::filesystem::exists(where.file, ignored);
}

}  // namespace croft::app
