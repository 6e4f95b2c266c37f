// The files the admin pages need, embedded in the program: GraphiQL's bundles and our page round it. Nothing is fetched
// from anywhere else, so the page works offline and under a strict Content-Security-Policy.
//
//     if (const auto* found = croft::admin::find_asset("graphiql.min.js"))
//         respond(found->content_type, "gzip", found->etag, found->gzip);
//
// Any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace croft::admin {

struct asset {
    std::string_view path;                // "graphiql.min.js": what follows /graphql/assets/
    std::string_view content_type;        // "text/javascript; charset=utf-8"
    std::string_view etag;                // strong, quoted; changes only with the bytes, so caches may keep them long
    std::span<const unsigned char> gzip;  // for Content-Encoding: gzip, the only form there is; every browser takes it
};

/// The embedded file of this path; null when there is none.
const asset* find_asset(std::string_view path);

/// The page for /graphql, as text/html in UTF-8; it opens with `default_query` in its editor, loads /graphql/assets/…
/// and posts to the path it was loaded from. Answer it with graphiql_policy. `default_query` may hold any UTF-8 text.
std::string graphiql_page(std::string_view default_query);

/// The page's Content-Security-Policy: no script but our own files, no inline script, no other host. Inline styles are
/// allowed because GraphiQL's editor sets them.
inline constexpr std::string_view graphiql_policy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' "
    "data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

}  // namespace croft::admin
