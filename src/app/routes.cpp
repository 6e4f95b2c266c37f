#include "app/routes.hpp"

#include <fmt/format.h>

#include "admin/assets.hpp"
#include "admin/home_page.hpp"
#include "app/home.hpp"
#include "app/host_check.hpp"
#include "croft/json.hpp"

namespace croft::app {
namespace {

constexpr std::string_view assets = "/graphql/assets/";
constexpr std::string_view default_query =
    "# Ctrl-Space proposes what fits, Ctrl-Enter runs it; the schema is behind the book on the left.\n"
    "{\n  __schema {\n    queryType {\n      fields { name description }\n    }\n  }\n}\n";

http::response plain(int status, std::string text) {
    auto reply = http::response::text(status, std::move(text) + "\n");
    reply.headers.set("X-Content-Type-Options", "nosniff");
    return reply;
}

http::response page(std::string html, std::string_view policy) {
    auto reply = http::response::html(200, std::move(html));
    reply.headers.set("Content-Security-Policy", std::string(policy));
    reply.headers.set("X-Content-Type-Options", "nosniff");
    reply.headers.set("Referrer-Policy", "no-referrer");
    reply.headers.set("Cache-Control", "no-store");
    return reply;
}

bool reads(const http::request& ask) { return ask.method == "GET" || ask.method == "HEAD"; }

http::response only_reads() {
    auto reply = plain(405, "this can only be read: GET or HEAD");
    reply.headers.set("Allow", "GET, HEAD");
    return reply;
}

http::response asset(const http::request& ask) {
    const auto* found = admin::find_asset(ask.path().substr(assets.size()));
    if (!found) return plain(404, "there is no such file");
    http::response reply;
    reply.headers.set("ETag", std::string(found->etag));
    reply.headers.set("Cache-Control", "no-cache");  // ask each time; the answer is 304 until the program is another
    if (ask.headers["If-None-Match"] == found->etag) {
        reply.status = 304;
        return reply;
    }
    reply.headers.set("Content-Type", std::string(found->content_type));
    reply.headers.set("Content-Encoding", "gzip");
    reply.headers.set("X-Content-Type-Options", "nosniff");
    reply.fixed_body = {reinterpret_cast<const char*>(found->gzip.data()), found->gzip.size()};
    return reply;
}

/// A browser that follows a link asks for text/html; programs ask for JSON, or for anything.
bool wants_page(const http::request& ask) {
    return reads(ask) && ask.headers["Accept"].find("text/html") != std::string_view::npos && !ask.parameter("query");
}

task<http::response> health(application* app) {
    std::string reason;
    try {
        co_await app->database().read({"SELECT 1"});
    } catch (const error& failure) {
        reason = failure.what();
    }
    auto reply = reason.empty() ? http::response::json(200, json::object({{"status", "ok"}}))
                                : http::response::json(503, json::object({{"status", "failing"}, {"reason", reason}}));
    reply.headers.set("Cache-Control", "no-store");
    co_return reply;
}

task<http::response> graphql_answer(application* app, http::request ask) {
    if (!app->graphql().has_queries())
        co_return plain(404, "no CROFT_GRAPHQL_QUERY is declared: there is nothing to ask");
    if (wants_page(ask)) co_return page(admin::graphiql_page(default_query), admin::graphiql_policy);
    co_return co_await app->graphql().handle(std::move(ask));
}

}  // namespace

task<http::response> answer(application* app, http::request ask) {
    const auto& settings = app->settings();
    if (!settings.allow_remote.value && !is_own_host(ask.headers["Host"], settings.listen.value))
        co_return plain(421,
                        "this app answers to localhost only, whatever name led here (--allow-remote changes that)");
    const auto path = ask.path();
    if (path == "/graphql") co_return co_await graphql_answer(app, std::move(ask));
    const bool known = path == "/" || path == "/healthz" || path.starts_with(assets);
    if (!known) co_return plain(404, "there is nothing here; try / or /graphql");
    if (!reads(ask)) co_return only_reads();
    if (path == "/healthz") co_return co_await health(app);
    if (path == "/") co_return page(admin::home_page(co_await collect_home(app)), admin::home_policy);
    co_return asset(ask);
}

}  // namespace croft::app
