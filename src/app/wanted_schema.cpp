#include "app/wanted_schema.hpp"

#include <filesystem>

#include "history/history.hpp"

namespace croft::app {
namespace {

void append(std::vector<model_schema::object>& to, std::vector<model_schema::object> more) {
    to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

std::vector<model_schema::object> wanted_schema(db::engine engine) {
    std::vector<model_schema::object> wanted{history::context_table()};
    for (const auto* model : all_models()) append(wanted, model_schema::objects_of(*model, engine));
    for (const auto* model : all_models())
        if (model->has_history) append(wanted, history::objects_of(*model, engine));
    return wanted;
}

std::vector<const model_info*> app_models() {
    std::vector<const model_info*> own;
    for (const auto* model : all_models())
        if (!model->table.starts_with("croft_")) own.push_back(model);
    return own;
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
