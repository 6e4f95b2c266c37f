// GraphQL over HTTP (https://graphql.github.io/graphql-over-http/draft/, sections 4 to 6).
#include <algorithm>

#include "graphql/execution/service.hpp"

namespace croft::graphql {

namespace {

constexpr std::string_view legacy_type = "application/json", current_type = "application/graphql-response+json";

/// What the client would rather have: §6.3. Empty when it accepts neither.
std::string_view answer_type(std::string_view accept) {
    if (accept.empty()) return legacy_type;
    std::string_view best;
    double best_quality = 0;
    while (!accept.empty()) {
        const auto comma = std::min(accept.find(','), accept.size());
        std::string_view range = accept.substr(0, comma);
        accept.remove_prefix(std::min(comma + 1, accept.size()));
        double quality = 1;
        if (const auto q = range.find("q="); q != std::string_view::npos)
            quality = std::atof(std::string(range.substr(q + 2)).c_str());
        range = range.substr(0, range.find(';'));
        while (!range.empty() && range.front() == ' ') range.remove_prefix(1);
        while (!range.empty() && range.back() == ' ') range.remove_suffix(1);
        const std::string_view type = range == current_type ? current_type
                                      : range == legacy_type || range == "*/*" || range == "application/*"
                                          ? legacy_type
                                          : std::string_view();
        if (!type.empty() && quality > best_quality) best = type, best_quality = quality;
    }
    return best;
}

http::response answer(int status, std::string_view type, std::string body) {
    return http::response::of(status, std::string(type) + "; charset=utf-8", std::move(body));
}

http::response complaint(int status, std::string_view type, const std::string& message) {
    return answer(status, type.empty() ? legacy_type : type,
                  json::object({{"errors", json::array({json::object({{"message", message}})})}}).dump());
}

using parsed_request = std::expected<service_request, std::string>;

parsed_request from_object(const json& body) {
    if (!body.is_object()) return std::unexpected("The request must be a JSON object with a \"query\".");
    service_request request;
    const auto* query = body.find("query");
    if (!query || !query->is_string()) return std::unexpected("\"query\" is missing or no string.");
    request.query = query->text();
    if (const auto* name = body.find("operationName"); name && !name->is_null()) {
        if (!name->is_string()) return std::unexpected("\"operationName\" must be a string.");
        request.operation_name = name->text();
    }
    if (const auto* variables = body.find("variables"); variables && !variables->is_null()) {
        if (!variables->is_object()) return std::unexpected("\"variables\" must be an object.");
        request.variables = *variables;
    }
    if (const auto* extensions = body.find("extensions");
        extensions && !extensions->is_null() && !extensions->is_object())
        return std::unexpected("\"extensions\" must be an object.");
    return request;
}

parsed_request from_post(const http::request& request) {
    auto body = json::try_parse(request.body);
    if (!body) return std::unexpected("The body is not JSON: " + body.error().describe() + ".");
    return from_object(*body);
}

parsed_request from_get(const http::request& request) {
    json fields = json::object({});
    for (auto* name : {"query", "operationName"})
        if (auto given = request.parameter(name)) fields.set(name, std::move(*given));
    for (auto* name : {"variables", "extensions"}) {
        const auto given = request.parameter(name);
        if (!given || given->empty()) continue;
        auto value = json::try_parse(*given);
        if (!value) return std::unexpected(std::string(name) + " is not JSON: " + value.error().describe() + ".");
        fields.set(name, std::move(*value));
    }
    return from_object(fields);
}

bool is_json(std::string_view content_type) {
    auto type = content_type.substr(0, content_type.find(';'));
    while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
    return std::ranges::equal(type, legacy_type,
                              [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

}  // namespace

task<http::response> service::handle(http::request request) const {
    const auto type = answer_type(request.headers["Accept"]);
    if (request.method != "GET" && request.method != "POST") {
        auto refused = complaint(405, type, "GraphQL takes GET and POST.");
        refused.headers.set("Allow", "GET, POST");
        co_return refused;
    }
    if (type.empty())
        co_return complaint(406, type, "Accept must allow application/graphql-response+json or application/json.");
    const bool post = request.method == "POST";
    if (post && !is_json(request.headers["Content-Type"]))
        co_return complaint(415, type, "The body must be application/json: set the Content-Type.");
    auto asked = post ? from_post(request) : from_get(request);
    if (!asked) co_return complaint(400, type, asked.error());
    auto made = co_await execute(std::move(*asked));
    // §6.4: a legacy client gets 200 for any well-formed request, a current one 400 for one that was not executed.
    co_return answer(made.executed || type == legacy_type ? 200 : 400, type, std::move(made.body));
}

}  // namespace croft::graphql
