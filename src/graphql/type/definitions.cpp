#include "graphql/type/definitions.hpp"

#include <algorithm>

namespace croft::graphql {
namespace {

template <class Items>
auto* find_by_name(Items& items, std::string_view name) {
    const auto found = std::ranges::find(items, name, [](const auto& each) -> std::string_view { return each.name; });
    return found == items.end() ? nullptr : &*found;
}

template <class Item>
const Item* find_indexed(const std::vector<Item>& items, const name_index& index, std::string_view name) {
    const auto found = index.find(name);
    return found == index.end() ? nullptr : &items[found->second];
}

}  // namespace

const input_value* field_definition::argument(std::string_view wanted) const { return find_by_name(arguments, wanted); }
const input_value* directive_type::argument(std::string_view wanted) const { return find_by_name(arguments, wanted); }
named_type* schema_parts::type(std::string_view wanted) { return find_by_name(types, wanted); }

bool directive_type::allows(directive_location location) const {
    return std::ranges::find(locations, location) != locations.end();
}

const field_definition* named_type::field(std::string_view wanted) const {
    return is(type_kind::object) || is(type_kind::interface) ? find_indexed(fields, by_name, wanted) : nullptr;
}
const input_value* named_type::input_field(std::string_view wanted) const {
    return is(type_kind::input_object) ? find_indexed(input_fields, by_name, wanted) : nullptr;
}
const enum_value* named_type::value(std::string_view wanted) const {
    return is(type_kind::enum_) ? find_indexed(values, by_name, wanted) : nullptr;
}

std::string to_string(const type& type) {
    if (type.is_non_null()) return to_string(type.inner()) + "!";
    if (type.is_list()) return "[" + to_string(type.inner()) + "]";
    return type.named().name;
}

}  // namespace croft::graphql
