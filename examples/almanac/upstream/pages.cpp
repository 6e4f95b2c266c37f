#include "pages.hpp"

#include <simdjson.h>

#include <string>

#include "http_rules.hpp"

namespace upstream {
namespace {

using simdjson::dom::element;

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '"')
            out += "&quot;";
        else
            out += c;
    }
    return out;
}

std::string field(element item, const char* key) {
    std::string_view text;
    if (item[key].get(text) == simdjson::SUCCESS) return escaped(text);
    std::int64_t number = 0;
    return item[key].get(number) == simdjson::SUCCESS ? std::to_string(number) : "";
}

std::string page(const std::string& title, const std::string& body) {
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>" + title +
           "</title></head>\n<body>\n<h1 class=\"title\">" + title + "</h1>\n" + body + "</body>\n</html>\n";
}

std::string table_of(simdjson::dom::array items, const std::string& version) {
    std::string rows;
    for (const auto item : items)
        rows += "<tr><td><a href=\"item.php?id=" + field(item, "id") + "&amp;version=" + version + "\">" +
                field(item, "displayName") + "</a></td><td class=\"name\">" + field(item, "name") +
                "</td><td class=\"stack\">" + field(item, "stackSize") + "</td></tr>\n";
    return page("Items of " + version,
                "<table id=\"items\">\n<thead><tr><th>Item<th>Name<th>Stack</tr></thead>\n<tbody>\n" + rows +
                    "</tbody>\n</table>\n");
}

std::string page_of(simdjson::dom::array items, std::uint64_t id, const std::string& version) {
    for (const auto item : items)
        if (std::uint64_t found; item["id"].get(found) == simdjson::SUCCESS && found == id)
            return page(field(item, "displayName"), "<dl><dt>Name<dd class=\"name\">" + field(item, "name") +
                                                        "<dt>Stack<dd class=\"stack\">" + field(item, "stackSize") +
                                                        "</dl>\n<p><a href=\"" + version + "\">All items</a></p>\n");
    return "";
}

}  // namespace

document_ptr item_page(const request& asked, dataset& data) {
    const bool single = asked.path == "/items/item.php";
    const auto wanted = asked.query.find("version");
    const auto version = !single                       ? asked.path.substr(std::string_view("/items/").size())
                         : wanted == asked.query.end() ? data.versions().back()
                                                       : wanted->second;
    const auto source = data.resource(version, "items");
    simdjson::dom::parser parser;
    simdjson::dom::array items;
    if (!source || parser.parse(source->body).get(items)) return nullptr;
    std::string html;
    if (!single)
        html = table_of(items, version);
    else if (const auto id = asked.query.find("id"); id != asked.query.end())
        if (const auto number = to_number(id->second)) html = page_of(items, *number, version);
    return html.empty() ? nullptr : make_document("text/html; charset=utf-8", std::move(html), source->modified);
}

}  // namespace upstream
