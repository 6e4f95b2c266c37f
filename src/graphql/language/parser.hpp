// Reads GraphQL: queries and SDL alike (spec, October 2021, §2 and §3).
//
//     auto document = graphql::parse("query ($id: ID!) { item(id: $id) { name } }");
//     if (!document) return document.error();      // "Syntax Error: Expected Name, found "}"." with line and column
//
// Columns count UTF-16 code units, as other implementations report them. Limits are on by default, so that a document
// from outside can cost neither much memory nor the stack. Any thread.
#pragma once

#include <string>

#include "croft/error.hpp"
#include "graphql/language/document.hpp"

namespace croft::graphql {

struct parse_options {
    std::size_t max_bytes = 1024 * 1024;
    std::size_t max_tokens = 15'000;
    /// Levels of selection sets, lists, objects and list types inside one another.
    std::size_t max_depth = 500;
    /// `fragment f($a: Int = 1) on T`: a part of older drafts that some clients still write.
    bool fragment_variables = false;

    /// For a schema of one's own, which may be long.
    static parse_options for_schema() { return {.max_bytes = 16 * 1024 * 1024, .max_tokens = 2'000'000}; }
};

/// The document owns a copy of `text`.
parsed<document> parse(std::string text, const parse_options& options = {});

/// A single constant value: `[1, 2]`, `{a: RED}`. The tree lives in `memory`, and may point into `text`.
parsed<const value*> parse_value(std::string_view text, arena& memory, const parse_options& options = {});

/// A single type reference: `[Item!]!`. Likewise.
parsed<const type_ref*> parse_type(std::string_view text, arena& memory, const parse_options& options = {});

}  // namespace croft::graphql
