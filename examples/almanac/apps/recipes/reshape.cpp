#include "apps/recipes/rows.hpp"

#include <algorithm>
#include <map>

using croft::json;

namespace {

/// A cell of a recipe.
struct part {
    std::string item, label;
};

part read_part(const json& cell, const names_by_id& names) {
    if (cell.is_null()) return {"", "-"};
    const auto item = names(cell.is_object() ? cell["id"].integer() : cell.integer());
    const auto variety = cell.is_object() ? cell.value_or("metadata", 0) : 0;
    return {item, variety ? item + ":" + std::to_string(variety) : item};
}

std::string joined(const std::vector<std::string>& texts, const std::string& by) {
    std::string all;
    for (const auto& text : texts) all += (all.empty() ? "" : by) + text;
    return all;
}

/// "oak_planks - / stick -": what lies where, or "blaze_powder + ender_pearl": what is needed.
std::string read_parts(const json& recipe, const names_by_id& names, std::map<std::string, int>& quantities) {
    const auto labels = [&](const json& cells) {
        std::vector<std::string> found;
        for (const auto& cell : cells.array()) {
            const auto [item, label] = read_part(cell, names);
            found.push_back(label);
            if (!item.empty()) ++quantities[item];
        }
        return found;
    };
    if (const auto* shape = recipe.find("inShape")) {
        std::vector<std::string> rows;
        for (const auto& row : shape->array()) rows.push_back(joined(labels(row), " "));
        return joined(rows, " / ");
    }
    auto loose = labels(recipe["ingredients"]);
    std::ranges::sort(loose);
    return joined(loose, " + ");
}

}  // namespace

recipe_tables reshape_recipes(const Release& release) {
    const names_by_id names(release);
    recipe_tables tables{json::array({}), json::array({})};
    for (const auto& [id, recipes] : release["recipes"].object())
        for (const auto& recipe : recipes.array()) {
            const auto& result = recipe["result"];
            const auto [item, label] = read_part(result, names);
            std::map<std::string, int> quantities;
            const auto parts = read_parts(recipe, names, quantities);
            const auto quantity = result.value_or("count", 1);
            const auto name = label + " x" + std::to_string(quantity) + " <- " + parts;
            tables.recipes.push_back(json::object({{"name", name},
                                                   {"result", item},
                                                   {"quantity", quantity},
                                                   {"shaped", recipe.find("inShape") != nullptr}}));
            for (const auto& [used, count] : quantities)
                tables.ingredients.push_back(json::object({{"recipe", name}, {"item", used}, {"quantity", count}}));
        }
    return tables;
}
