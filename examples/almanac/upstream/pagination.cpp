#include "pagination.hpp"

#include <simdjson.h>

#include <cstdint>
#include <optional>

#include "http_rules.hpp"

namespace upstream {
namespace {

std::optional<std::uint64_t> number_of(const request& asked, const char* key, std::uint64_t otherwise,
                                       std::uint64_t most) {
    const auto given = asked.query.find(key);
    if (given == asked.query.end()) return otherwise;
    const auto number = to_number(given->second);
    if (!number || *number < 1 || *number > most) return std::nullopt;
    return number;
}

std::string links(const request& asked, std::uint64_t page, std::uint64_t per_page, std::uint64_t last) {
    std::string text;
    const auto add = [&](const char* relation, std::uint64_t to) {
        text += (text.empty() ? "<" : ", <") + asked.base_url + asked.path + "?page=" + std::to_string(to) +
                "&per_page=" + std::to_string(per_page) + ">; rel=\"" + relation + '"';
    };
    if (page > 1) add("first", 1), add("prev", page - 1);
    if (page < last) add("next", page + 1), add("last", last);
    return text;
}

}  // namespace

list_page cut_page(const document& whole, const request& asked) {
    const auto page = number_of(asked, "page", 1, 1'000'000'000), per_page = number_of(asked, "per_page", 100, 1000);
    if (!page || !per_page) return {nullptr, "page must be 1 or more, per_page 1 to 1000", ""};

    simdjson::dom::parser parser;
    simdjson::dom::array rows;
    if (parser.parse(whole.body).get(rows)) return {nullptr, "this resource is no list and has no pages", ""};
    const auto first = (*page - 1) * *per_page;
    std::uint64_t index = 0;
    std::string text;
    for (const auto row : rows) {
        if (index >= first && index < first + *per_page) text += (text.empty() ? "" : ",\n") + simdjson::minify(row);
        ++index;
    }
    const auto last = (index + *per_page - 1) / *per_page;
    return {make_document(whole.content_type, "[" + text + "]\n", whole.modified), "",
            links(asked, *page, *per_page, last)};
}

}  // namespace upstream
