#include <fmt/format.h>

#include <iostream>
#include <iterator>

#include "app/application.hpp"
#include "cli/commands.hpp"

namespace croft::cli {
namespace {

task<graphql::service_answer> ask(const app::config* settings, graphql::service_request request) {
    app::application app(*settings);
    co_await app.open_existing();
    auto answer = co_await app.graphql().execute(std::move(request));
    co_await app.stop();
    co_return answer;
}

class query final : public command {
public:
    std::string_view name() const override { return "query"; }
    std::string_view help() const override { return "run a query against the database and print the JSON answer"; }
    void declare(arguments& args) override {
        args.optional_positional("document", document_, "the query; without it, or as -, it is read from stdin");
        args.option("--variables", variables_, "JSON", "the query's variables, as an object");
        args.option("--operation", operation_, "NAME", "which operation of the document to run");
    }
    int run(const context& now) override {
        graphql::service_request request{text(), operation_.value_or(""), json::object({})};
        if (variables_) request.variables = variables();
        const auto answer = croft::run(ask(&now.settings, std::move(request)));
        fmt::print("{}\n", answer.body);
        const auto content = json::parse(answer.body, "answer");
        return content.find("errors") ? failed : done;
    }

private:
    json variables() const {
        auto parsed = json::try_parse(*variables_);
        if (!parsed) throw command_error("--variables is no JSON: " + parsed.error().describe(), unusable);
        if (!parsed->is_object())
            throw command_error("--variables must be a JSON object: {\"name\": \"hoe\"}", unusable);
        return std::move(*parsed);
    }
    std::string text() const {
        if (document_ && *document_ != "-") return *document_;
        return {std::istreambuf_iterator<char>(std::cin), {}};
    }

    std::optional<std::string> document_, variables_, operation_;
};

class graphql_schema final : public command {
public:
    std::string_view name() const override { return "graphql"; }
    std::string_view help() const override { return "print the GraphQL schema as SDL; graphql query: run a query"; }
    std::vector<std::unique_ptr<command>> children() override {
        std::vector<std::unique_ptr<command>> below;
        below.push_back(std::make_unique<query>());
        return below;
    }
    int run(const context&) override {
        const graphql::service service;
        if (!service.has_queries()) throw command_error("no CROFT_GRAPHQL_QUERY is declared: there is no schema");
        fmt::print("{}", service.sdl());
        return done;
    }
};

}  // namespace

std::unique_ptr<command> graphql_command() { return std::make_unique<graphql_schema>(); }

}  // namespace croft::cli
