#include "admin/assets.hpp"

#include <algorithm>

#include "admin/asset_table.hpp"

namespace croft::admin {
namespace {

/// A JSON string that may also stand inside <script>: no character of it can end the element (HTML §4.12.1.3).
std::string script_safe_json(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            (out += '\\') += c;
        } else if (byte < 0x20 || c == '<' || c == '>' || c == '&') {
            out += "\\u00";
            (out += digits[byte >> 4]) += digits[byte & 15];
        } else {
            out += c;
        }
    }
    return out += '"';
}

}  // namespace

const asset* find_asset(std::string_view path) {
    const auto found = std::ranges::find(all_assets(), path, &asset::path);
    return found == all_assets().end() ? nullptr : &*found;
}

std::string graphiql_page(std::string_view default_query) {
    constexpr std::string_view placeholder = "{{default_query}}";
    std::string page(graphiql_template());
    page.replace(page.find(placeholder), placeholder.size(), script_safe_json(default_query));
    return page;
}

}  // namespace croft::admin
