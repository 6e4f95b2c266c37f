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

shown_type::shown_type() = default;
shown_type::shown_type(const shown_type&) = default;
shown_type::shown_type(shown_type&&) noexcept = default;
shown_type& shown_type::operator=(const shown_type&) = default;
shown_type& shown_type::operator=(shown_type&&) noexcept = default;
shown_type::~shown_type() = default;

void shown_type::add(std::string name, field_type answer, callback<value(const void* object)> compute) {
    computed.push_back({std::move(name), answer, std::move(compute)});
}

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
