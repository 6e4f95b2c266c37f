// Spec §6.3.2 CollectFields: the fields of a selection set with fragments spread, @skip and @include decided, and those
// of one response name merged.
#pragma once

#include <vector>

#include "graphql/language/document.hpp"
#include "graphql/type/schema.hpp"

namespace croft::graphql {

struct collected_field {
    std::string_view response_name;
    const field* first = nullptr;
    std::vector<const selection_set*> selections;  // of all fields with that name
};

/// For an object type; in the order of first appearance. `varies`, where given, becomes true when a variable decided
/// over one.
std::vector<collected_field> collect_fields(const document& document, const named_type& object,
                                            const std::vector<const selection_set*>& selections,
                                            const json_object& variables, bool* varies = nullptr);

}  // namespace croft::graphql
