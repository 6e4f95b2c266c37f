// The schema of an app's shown models, and for each of its fields where the data is.
//
//     bound_schema bound = bind_models();
//     auto* root = static_cast<const bound_root*>(bound.schema.field(query, "items")->binding);
//
// Immutable once made; any thread.
#pragma once

#include <deque>
#include <map>

#include "croft/graphql.hpp"
#include "graphql/type/schema.hpp"

namespace croft::graphql {

struct bound_type;

/// An output field of a model's type.
struct bound_field {
    enum class kind : std::uint8_t { column, forward, reverse, reverse_one, link, computed };
    kind what = kind::column;
    std::size_t column = 0;              // column, forward: of this model; reverse: the reference in the target model;
                                         // link: the reference in the pairs that points here
    const bound_type* target = nullptr;  // all but column and computed
    const bound_type* pairs = nullptr;   // link: the table between, which GraphQL doesn't show
    const graphql_binding::computed_field* computed = nullptr;
};

/// A field of a filter or order input: a column, or the filter of the row that a reference points to.
struct bound_input {
    std::size_t column = 0;
    const bound_type* target = nullptr;
};

struct bound_type {
    const model_info* model = nullptr;
    const graphql_binding::shown_type* shown = nullptr;
    std::string name;
    bool filtered = false, ordered = false, paged = false;
    std::deque<bound_field> fields;
    std::deque<bound_input> inputs;  // what input_value::binding of filters and orders points to
};

/// A field of the root query.
struct bound_root {
    graphql_binding::query_kind kind = graphql_binding::query_kind::list;
    const bound_type* type = nullptr;
};

struct bound_schema {
    std::deque<graphql_binding::shown_type> shown;  // declarations, and those made up for history tables
    std::deque<bound_type> types;
    std::deque<bound_type> links;  // tables of pairs: only model, name, shown and paged are theirs
    std::deque<bound_root> roots;
    std::optional<graphql::schema> schema;  // none when no root query is declared
};

/// From everything that CROFT_GRAPHQL and CROFT_GRAPHQL_QUERY declared in this program. Throws config_error naming file
/// and line of a declaration that can't work.
bound_schema bind_models();

/// What a column is called: camelCase; of a history table's own columns without "history_".
std::string field_name(const model_info& model, const field_info& field);

}  // namespace croft::graphql
