#include "site.hpp"

#include "http_rules.hpp"
#include "pages.hpp"
#include "pagination.hpp"

namespace upstream {
namespace {

constexpr const char* front_page =
    "A stand-in for the game's public API.\n\n"
    "  /api/versions                which versions there are\n"
    "  /api/<version>/<resource>    items, blocks, recipes, … of one; ?page=N&per_page=M for a part of a list\n"
    "  /items/<version>             the items as a page\n";

constexpr const char* robots =
    "User-agent: *\n"
    "Allow: /api/\n"
    "Disallow: /admin/\n";

/// RFC 9110 §13.2.2: If-None-Match decides; If-Modified-Since only where it is absent.
bool not_modified(const request& asked, const document& content) {
    if (!asked.if_none_match.empty())
        return names_etag(asked.if_none_match, content.etag) || names_etag(asked.if_none_match, content.gzip_etag);
    const auto since = parse_http_date(asked.if_modified_since);
    return since && content.modified <= *since;
}

reply represent(const request& asked, const document& content) {
    const bool gzip = accepts_gzip(asked.accept_encoding);
    reply made;
    made.headers = {{"ETag", gzip ? content.gzip_etag : content.etag},
                    {"Last-Modified", http_date(content.modified)},
                    {"Vary", "Accept-Encoding"}};
    if (not_modified(asked, content)) {
        made.status = 304;
        return made;
    }
    made.headers.emplace_back("Content-Type", content.content_type);
    if (gzip) made.headers.emplace_back("Content-Encoding", "gzip");
    made.body = gzip ? content.gzip : content.body;
    return made;
}

reply page_of(const request& asked, const document& whole) {
    const auto part = cut_page(whole, asked);
    if (!part.content) return refusal(400, part.fault);
    reply made = represent(asked, *part.content);
    if (!part.link.empty()) made.headers.emplace_back("Link", part.link);
    return made;
}

/// "/api/1.13.2/items" → "1.13.2", "items".
std::pair<std::string, std::string> version_and_resource(std::string_view path) {
    path.remove_prefix(std::string_view("/api/").size());
    const auto slash = path.find('/');
    if (slash == path.npos) return {std::string(path), ""};
    return {std::string(path.substr(0, slash)), std::string(path.substr(slash + 1))};
}

reply api(const request& asked, dataset& data) {
    if (asked.path == "/api/versions") return represent(asked, *data.version_list());
    const auto [version, resource] = version_and_resource(asked.path);
    if (!data.has_version(version)) return refusal(404, "no such version");
    const auto content = data.resource(version, resource);
    if (!content) return refusal(404, "this version has no such resource");
    if (asked.query.contains("page") || asked.query.contains("per_page")) return page_of(asked, *content);
    return represent(asked, *content);
}

reply plain_text(const request& asked, const char* text) {
    return represent(asked, *make_document("text/plain; charset=utf-8", text, 0));
}

}  // namespace

reply refusal(unsigned status, const std::string& message) {
    return {status, {{"Content-Type", "application/json"}}, "{\"error\":\"" + message + "\"}\n"};
}

reply answer(const request& asked, dataset& data) {
    if (asked.method != "GET" && asked.method != "HEAD") {
        auto refused = refusal(405, "only GET and HEAD");
        refused.headers.emplace_back("Allow", "GET, HEAD");
        return refused;
    }
    if (asked.path == "/") return plain_text(asked, front_page);
    if (asked.path == "/robots.txt") return plain_text(asked, robots);
    if (asked.path.starts_with("/api/")) return api(asked, data);
    if (asked.path.starts_with("/items/"))
        if (const auto page = item_page(asked, data)) return represent(asked, *page);
    return refusal(404, "no such page");
}

}  // namespace upstream
