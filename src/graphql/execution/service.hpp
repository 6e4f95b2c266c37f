// The GraphQL service of an app: the schema of its shown models, and requests answered from its database.
//
//     graphql::service service;                                     // throws config_error when a declaration can't
//     work std::string answer = co_await service.execute({.query = "{ items { name } }"});
//
// Loop thread only. The database is that of the running task (db::current()).
#pragma once

#include <memory>
#include <string>

#include "croft/http_message.hpp"
#include "croft/json.hpp"
#include "croft/task.hpp"

namespace croft::graphql {

struct service_request {
    std::string query;
    std::string operation_name;
    json variables;
};

struct service_answer {
    std::string body;       // the response as JSON text: {"data": …} and {"errors": […]}
    bool executed = false;  // false: a request error (parsing, validation, variables); there is no "data"
};

class service {
public:
    service();
    ~service();
    service(const service&) = delete;
    service& operator=(const service&) = delete;

    /// False when no root query is declared: there is nothing to serve.
    bool has_queries() const noexcept;
    /// The schema as SDL.
    std::string sdl() const;
    /// Never throws for what the client sent or the database answered: the answer tells.
    task<service_answer> execute(service_request request) const;
    /// GraphQL over HTTP (https://graphql.github.io/graphql-over-http/draft/): POST of application/json, GET with
    /// query parameters.
    task<http::response> handle(http::request request) const;

    struct inside;

private:
    std::unique_ptr<const inside> inside_;
};

}  // namespace croft::graphql
