// Writes a GraphQL tree as text again: queries and SDL, in the form of graphql-js' print, two spaces a level.
//
//     graphql::print(*graphql::parse("{items{name}}"));   // "{\n  items {\n    name\n  }\n}"
//
// Reading the text again gives the same tree (offsets and comments aside). Any thread.
#pragma once

#include <string>

#include "graphql/language/document.hpp"

namespace croft::graphql {

std::string print(const document& document);
std::string print(const definition& definition);
std::string print(const selection_set& selections);
std::string print(const value& value);
std::string print(const type_ref& type);

/// "text" with its quotes and escapes.
std::string print_string(std::string_view text);

}  // namespace croft::graphql
