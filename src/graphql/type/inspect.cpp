#include "graphql/type/inspect.hpp"

namespace croft::graphql {
namespace {

constexpr std::size_t longest_list = 10;
constexpr int deepest = 2;

std::string inspect(const json& value, int depth) {
    std::string out;
    if (value.is_array()) {
        if (value.array().empty()) return "[]";
        if (depth > deepest) return "[Array]";
        const auto& items = value.array();
        for (std::size_t i = 0; i < items.size() && i < longest_list; ++i) {
            if (i) out += ", ";
            out += inspect(items[i], depth + 1);
        }
        if (items.size() > longest_list) {
            const std::size_t more = items.size() - longest_list;
            out += more == 1 ? ", ... 1 more item" : ", ... " + std::to_string(more) + " more items";
        }
        return "[" + out + "]";
    }
    if (value.is_object()) {
        if (value.object().empty()) return "{}";
        if (depth > deepest) return "[Object]";
        for (const auto& [key, member] : value.object()) {
            if (!out.empty()) out += ", ";
            out += key + ": " + inspect(member, depth + 1);
        }
        return "{ " + out + " }";
    }
    return value.dump();
}

}  // namespace

std::string inspect(const json& value) { return inspect(value, 1); }

}  // namespace croft::graphql
