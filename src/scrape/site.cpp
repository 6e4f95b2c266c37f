#include "croft/http.hpp"
#include "runtime/loop.hpp"
#include "scrape/client.hpp"

namespace croft::http {

namespace {

std::string with_query(std::string path, const query& parameters) {
    if (parameters.empty()) return path;
    path += path.find('?') == path.npos ? '?' : '&';
    return path + parameters.encoded();
}

}  // namespace

site::site(std::string name, std::string base_url, site_options options)
    : name_(std::move(name)), base_url_(std::move(base_url)), options_(std::move(options)) {}

task<answer> site::get(std::string path, query parameters, request_options options) const {
    return send({.method = "GET", .url = with_query(std::move(path), parameters)}, std::move(options));
}

task<answer> site::head(std::string path, query parameters, request_options options) const {
    return send({.method = "HEAD", .url = with_query(std::move(path), parameters)}, std::move(options));
}

task<answer> site::post(std::string path, croft::json body, request_options options) const {
    return send({.method = "POST",
                 .url = std::move(path),
                 .headers = {{"Content-Type", "application/json"}},
                 .body = body.dump()},
                std::move(options));
}

task<answer> site::post_form(std::string path, query fields, request_options options) const {
    return send({.method = "POST",
                 .url = std::move(path),
                 .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
                 .body = fields.encoded()},
                std::move(options));
}

task<answer> site::send(request ask, request_options options) const {
    auto* const client = runtime::locals().client;
    if (!client)
        throw croft::error("site '" + name_ + "' was asked for " + ask.url +
                           " outside of an app: there is no client. Within croft::main and test_app there is one");
    co_return co_await client->send(this, std::move(ask), std::move(options));
}

}  // namespace croft::http
