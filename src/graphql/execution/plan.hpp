// What an operation reads, before anything is read: a tree of nodes, one for each root field and relation, and for each
// the columns to select and the fields to write. Executing it costs one statement a node (spec §6, planned as a whole
// instead of resolved field by field). A plan is kept with its document: what hangs on a request's variables is asked
// of the nodes that say so.
#pragma once

#include <functional>
#include <memory>

#include "db/database.hpp"
#include "graphql/binding/bound_schema.hpp"
#include "graphql/error.hpp"
#include "graphql/language/document.hpp"

namespace croft::graphql {

struct plan_node;

/// One entry of the answer's object, in the client's order.
struct plan_field {
    enum class kind : std::uint8_t { type_name, column, single, list, linked, computed };
    kind what = kind::column;
    std::string key;       // "name": as it is written, with quotes and colon
    std::size_t slot = 0;  // column: of the node's columns; relations: of what the child's rows are found by
    const field_info* column = nullptr;
    bool id = false;        // a primary key: written as a text
    bool required = false;  // must not be null
    const plan_node* child = nullptr;
    const graphql_binding::computed_field* computed = nullptr;
};

/// The rows of one root field, or of one relation for all rows of the level above.
struct plan_node {
    const bound_type* type = nullptr;
    croft::selection what;  // without asOf where it is that of the rows above
    std::function<croft::selection(const json_object& variables)> vary;  // set: what() for each request
    std::vector<std::size_t> columns;  // field indexes to select; columns[0] is what the parent finds its rows by
    std::vector<plan_field> fields;
    bool whole_object = false;  // all columns are selected, for computed fields
    const plan_node* parent = nullptr;
    std::size_t parent_slot = 0;  // column of the parent's rows that is compared with columns[0]
    bool many = false;            // a list for each parent
    path_step name;               // in error paths
    std::vector<std::unique_ptr<plan_node>> children;
    std::size_t index = 0;  // among all nodes of the plan

    /// A statement of it that only lacks the keys of the rows above, its first parameter: for one, and for several.
    struct kept_statement {
        db::engine engine{};
        db::statement text;
    };
    mutable std::optional<kept_statement> kept_for_one, kept_for_many;  // loop thread only
};

/// A root field: rows, or what introspection answers.
struct plan_root {
    std::string key;
    std::string response_name;
    std::uint32_t offset = 0;           // in the document
    const bound_root* bound = nullptr;  // null: __typename, __schema, __type
    std::unique_ptr<plan_node> node;
    const field* introspection = nullptr;          // the field as asked, …
    std::vector<const selection_set*> selections;  // … and all its selections
};

struct plan {
    std::vector<plan_root> roots;
    std::size_t nodes = 0;
    bool varies = false;  // variables decide what is in it (@skip, @include): it serves one request
};

/// Plans a valid operation; document and schema must outlive the plan. Throws graphql_failure when an argument can't be
/// used or the plan grows too large.
plan make_plan(const bound_schema& schema, const document& document, const operation_definition& operation,
               const json_object& variables);

/// An error of the request, thrown inside of the executor.
struct graphql_failure {
    graphql_error error;
};

/// More relations and root fields than this in one operation are refused.
inline constexpr std::size_t most_nodes = 500;
/// Rows of one list without a limit; rows of one relation over all parents.
inline constexpr std::int64_t most_rows = 10'000, most_related_rows = 200'000;

}  // namespace croft::graphql
