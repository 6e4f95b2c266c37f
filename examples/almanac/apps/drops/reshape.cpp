#include "apps/drops/rows.hpp"

using croft::json;

namespace {

std::string shown(const json& number) { return number.is_null() ? "?" : number.dump(); }

json drop(const std::string& kind, const std::string& source, const std::string& item, const json& least,
          const json& most, double chance, const std::string& condition) {
    const auto count = least == most ? shown(least) : shown(least) + "-" + shown(most);
    const auto when = condition.empty() ? "" : " (" + condition + ")";
    return json::object({{"name", kind + " " + source + " -> " + item + " x" + count + when},
                         {"item", item},
                         {kind, source},
                         {"condition", condition},
                         {"chance", chance},
                         {"least", least},
                         {"most", most}});
}

std::string condition_of(const json& loot) {
    if (loot.value_or("silkTouch", false)) return "silk touch";
    if (loot.value_or("noSilkTouch", false)) return "no silk touch";
    if (loot.value_or("playerKill", false)) return "player kill";
    if (const auto age = loot.value_or("blockAge", 0)) return "age " + std::to_string(age);
    return "";
}

void add_loot(json& rows, const json& table, const std::string& kind) {
    for (const auto& source : table.array())
        for (const auto& loot : source["drops"].array()) {
            const auto& range = loot["stackSizeRange"];
            rows.push_back(drop(kind, source[kind].text(), loot["item"].text(), range[0], range[1],
                                loot["dropChance"].number(), condition_of(loot)));
        }
}

/// {"drop": id or {id, metadata}, "minCount": 2, "maxCount": 4}, or since 1.13 just the id. A minCount of 0.1 is a
/// chance.
void add_block_drops(json& rows, const Release& release) {
    const names_by_id names(release);
    for (const auto& block : release["blocks"].array())
        for (const auto& given : block["drops"].array()) {
            const auto* what = given.find("drop");
            const auto& id = what ? *what : given;
            const auto item = names(id.is_object() ? id["id"].integer() : id.integer());
            const auto count = given.is_object() ? given.value_or("minCount", 1.0) : 1.0;
            const bool chancy = count > 0 && count < 1;
            const auto least = chancy ? 1 : static_cast<int>(count);
            const auto most = given.is_object() ? given.value_or("maxCount", least) : least;
            rows.push_back(drop("block", block["name"].text(), item, least, most, chancy ? count : 1, ""));
        }
}

}  // namespace

json reshape_drops(const Release& release) {
    json rows = json::array({});
    add_loot(rows, release["blockLoot"], "block");
    add_loot(rows, release["entityLoot"], "entity");
    if (rows.size() == 0) add_block_drops(rows, release);
    return rows;
}
