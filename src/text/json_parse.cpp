#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "croft/json.hpp"
#include "text/json_exact.hpp"
#include "text/location.hpp"

namespace croft {
namespace {

constexpr std::size_t deepest = 1000;  // stays well inside any thread's stack
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// Recursion is bounded by the depth that simdjson was allowed.
json converted(simdjson::dom::element from) {
    using type = simdjson::dom::element_type;
    switch (from.type()) {
        case type::ARRAY: {
            const simdjson::dom::array elements = from.get_array().value_unsafe();
            json_array out;
            out.reserve(elements.size());
            for (const auto element : elements) out.push_back(converted(element));
            return out;
        }
        case type::OBJECT: {
            const simdjson::dom::object members = from.get_object().value_unsafe();
            std::vector<json_member> out;
            out.reserve(members.size());
            for (const auto member : members) out.push_back({std::string(member.key), converted(member.value)});
            return json_object(std::move(out));
        }
        case type::INT64:
            return from.get_int64().value_unsafe();
        case type::UINT64:
            return from.get_uint64().value_unsafe();
        case type::DOUBLE:
            return from.get_double().value_unsafe();
        case type::STRING:
            return from.get_string().value_unsafe();
        case type::BOOL:
            return from.get_bool().value_unsafe();
        case type::NULL_VALUE:
            return nullptr;
    }
    return nullptr;
}

}  // namespace

parsed<json> json::try_parse(std::string_view text, const json_limits& limits) {
    if (text.size() > limits.bytes) {
        return std::unexpected(
            parse_failure{fmt::format("{} bytes, more than the {} allowed", text.size(), limits.bytes), 1, 1});
    }
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    const auto depth = std::min(limits.depth, deepest);
    simdjson::dom::parser parser;
    // simdjson counts the document itself as a level, but not an empty innermost array: given `depth` it never accepts
    // what is too deep, and what it refuses at the very limit the exact parser still takes.
    if (!text.empty() && depth > 0 && parser.allocate(text.size(), depth) == simdjson::SUCCESS) {
        const simdjson::padded_string padded(text);
        simdjson::dom::element root;
        if (parser.parse(padded).get(root) == simdjson::SUCCESS) return converted(root);
    }
    return text::parse_json_exactly(text, depth);
}

json json::parse(std::string_view text, std::string_view source, const json_limits& limits) {
    auto result = try_parse(text, limits);
    if (!result) throw parse_error(std::string(source), std::move(result).error());
    return *std::move(result);
}

}  // namespace croft
