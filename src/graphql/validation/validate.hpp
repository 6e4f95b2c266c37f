// Validation (spec, October 2021, §5; SDL: §3): whether a document can be executed on a schema, before anything runs.
//
//     auto errors = graphql::validate(schema, document);
//     if (!errors.empty()) return json::object({{"errors", to_json(errors)}});
//
// The rules and their messages are those of graphql-js 16. Any thread. Time and memory are bounded for any document
// that the parser accepts.
#pragma once

#include <string_view>
#include <vector>

#include "graphql/error.hpp"
#include "graphql/language/document.hpp"
#include "graphql/type/schema.hpp"

namespace croft::graphql {

struct validation_options {
    /// One more error then says that there are more.
    std::size_t max_errors = 100;
    /// graphql-js names ("KnownDirectivesRule") of the only rules to run; empty: all. NoDeprecatedCustomRule and
    /// NoSchemaIntrospectionCustomRule run only when named here or in `more`.
    std::vector<std::string_view> only{};
    std::vector<std::string_view> more{};
};

/// Empty when the document is valid.
std::vector<graphql_error> validate(const schema& schema, const document& document,
                                    const validation_options& options = {});

/// SDL on its own, or as an extension of a schema.
std::vector<graphql_error> validate_sdl(const document& sdl, const schema* extended = nullptr,
                                        const validation_options& options = {});

}  // namespace croft::graphql
