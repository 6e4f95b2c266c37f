// Cases of graphql-js: parse, validate, validateSDL.
#include "graphql/language/parser.hpp"
#include "graphql/type/build_schema.hpp"
#include "graphql/validation/validate.hpp"
#include "suite.hpp"

namespace {

using namespace croft;

std::string errors_line(const std::vector<graphql::graphql_error>& errors) {
    return json::object({{"errors", to_json(errors)}}).dump();
}

std::string failure_line(const parse_failure& failure) {
    const graphql::location place{static_cast<std::uint32_t>(failure.line), static_cast<std::uint32_t>(failure.column)};
    return errors_line({{.message = failure.message, .locations = {place}}});
}

graphql::parse_options parse_options_of(const json& the_case) {
    graphql::parse_options options = graphql::parse_options::for_schema();
    if (const json* given = the_case.find("options"); given && given->is_object()) {
        options.max_tokens = static_cast<std::size_t>(given->value_or("maxTokens", std::int64_t{2'000'000}));
        options.fragment_variables = given->value_or("allowLegacyFragmentVariables", false);
    }
    return options;
}

/// "rules" is "all", or names.
graphql::validation_options rules_of(const json& the_case) {
    graphql::validation_options options;
    if (const json* rules = the_case.find("rules"); rules && rules->is_array())
        for (const json& each : rules->array()) options.only.push_back(each.text());
    return options;
}

std::string answer(const json& the_case) {
    const std::string kind = the_case["kind"].text();
    if (kind != "parse" && kind != "validate" && kind != "validateSDL")
        return json::object({{"error", "kind " + kind + " is not supported"}}).dump();
    auto document = graphql::parse(the_case[kind == "parse" ? "text" : "document"].text(), parse_options_of(the_case));
    if (!document) return failure_line(document.error());
    if (kind == "parse") return errors_line({});
    const json* sdl = the_case.find("schemaSDL");
    if (!sdl || sdl->is_null()) return errors_line(graphql::validate_sdl(*document, nullptr, rules_of(the_case)));
    // A schema without anything was made by code there, as no SDL says it.
    auto schema = sdl->text().empty() ? graphql::schema::link({}) : graphql::build_schema(sdl->text());
    if (!schema) return json::object({{"error", "the schema: " + schema.error().front().message}}).dump();
    if (kind == "validate") return errors_line(graphql::validate(*schema, *document, rules_of(the_case)));
    return errors_line(graphql::validate_sdl(*document, &*schema, rules_of(the_case)));
}

const conformance::suite registered("graphql", answer);

}  // namespace
