#include "graphql/binding/registry.hpp"

namespace croft::graphql_binding {

namespace {

std::vector<shown_type (*)()>& types() {
    static std::vector<shown_type (*)()> all;
    return all;
}
std::vector<root_query>& queries() {
    static std::vector<root_query> all;
    return all;
}

}  // namespace

bool show(shown_type (*declaration)()) {
    types().push_back(declaration);
    return true;
}

bool add_query(root_query query) {
    queries().push_back(std::move(query));
    return true;
}

const std::vector<shown_type (*)()>& shown_types() { return types(); }
const std::vector<root_query>& root_queries() { return queries(); }

}  // namespace croft::graphql_binding
