// A parsed GraphQL document: queries, or a schema's SDL. It owns its text and its tree; moving it leaves nodes where
// they are.
//
//     auto document = graphql::parse("{ items { name } }");
//     if (!document) log(document.error().describe());
//     else for (auto* each : document->definitions()) …
//
// Immutable: any thread may read.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "graphql/language/ast.hpp"
#include "graphql/language/location.hpp"

namespace croft::graphql {

class document {
public:
    /// Used by the parser.
    explicit document(std::string text);

    std::string_view text() const { return inside_->text; }
    list<const definition*> definitions() const { return inside_->definitions; }
    /// Line and column of a node's offset.
    location locate(std::uint32_t offset) const;

    /// The operation to run (§6.1 GetOperation): the one of this name, or the only one when `name` is empty; else none.
    const operation_definition* operation(std::string_view name = {}) const;

private:
    friend class parser_core;
    struct inside {
        explicit inside(std::string source);
        std::string text;
        arena memory;
        list<const definition*> definitions;
        std::once_flag lines_made;
        line_index lines;
    };
    std::unique_ptr<inside> inside_;
};

}  // namespace croft::graphql
