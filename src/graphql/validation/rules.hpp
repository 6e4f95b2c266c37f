// All rules, one a file in rules/, by the section of the specification they are from.
#pragma once

#include <memory>
#include <span>

#include "graphql/validation/rule.hpp"

namespace croft::graphql {

using make_rule = std::unique_ptr<rule> (*)(validation_context& context, const type_info& info);

/// A rule and the name that graphql-js has for it.
struct named_rule {
    std::string_view name;
    make_rule make;
};

/// §5: for documents that are executed.
std::span<const named_rule> specified_rules();
/// §3: for SDL.
std::span<const named_rule> sdl_rules();
/// Those that only run when they are asked for.
std::span<const named_rule> optional_rules();

std::unique_ptr<rule> executable_definitions(validation_context& context, const type_info& info);
std::unique_ptr<rule> unique_operation_names(validation_context& context, const type_info& info);
std::unique_ptr<rule> lone_anonymous_operation(validation_context& context, const type_info& info);
std::unique_ptr<rule> single_field_subscriptions(validation_context& context, const type_info& info);
std::unique_ptr<rule> known_type_names(validation_context& context, const type_info& info);
std::unique_ptr<rule> fragments_on_composite_types(validation_context& context, const type_info& info);
std::unique_ptr<rule> variables_are_input_types(validation_context& context, const type_info& info);
std::unique_ptr<rule> scalar_leafs(validation_context& context, const type_info& info);
std::unique_ptr<rule> fields_on_correct_type(validation_context& context, const type_info& info);
std::unique_ptr<rule> unique_fragment_names(validation_context& context, const type_info& info);
std::unique_ptr<rule> known_fragment_names(validation_context& context, const type_info& info);
std::unique_ptr<rule> no_unused_fragments(validation_context& context, const type_info& info);
std::unique_ptr<rule> possible_fragment_spreads(validation_context& context, const type_info& info);
std::unique_ptr<rule> no_fragment_cycles(validation_context& context, const type_info& info);
std::unique_ptr<rule> unique_variable_names(validation_context& context, const type_info& info);
std::unique_ptr<rule> no_undefined_variables(validation_context& context, const type_info& info);
std::unique_ptr<rule> no_unused_variables(validation_context& context, const type_info& info);
std::unique_ptr<rule> known_directives(validation_context& context, const type_info& info);
std::unique_ptr<rule> unique_directives_per_location(validation_context& context, const type_info& info);
std::unique_ptr<rule> known_argument_names(validation_context& context, const type_info& info);
std::unique_ptr<rule> unique_argument_names(validation_context& context, const type_info& info);
std::unique_ptr<rule> values_of_correct_type(validation_context& context, const type_info& info);
std::unique_ptr<rule> provided_required_arguments(validation_context& context, const type_info& info);
std::unique_ptr<rule> variables_in_allowed_position(validation_context& context, const type_info& info);
std::unique_ptr<rule> overlapping_fields_can_be_merged(validation_context& context, const type_info& info);
std::unique_ptr<rule> unique_input_field_names(validation_context& context, const type_info& info);
std::unique_ptr<rule> max_introspection_depth(validation_context& context, const type_info& info);

std::unique_ptr<rule> lone_schema_definition(validation_context& context, const type_info& info);
std::unique_ptr<rule> unique_operation_types(validation_context& context, const type_info& info);
std::unique_ptr<rule> unique_type_names(validation_context& context, const type_info& info);
std::unique_ptr<rule> unique_enum_value_names(validation_context& context, const type_info& info);
std::unique_ptr<rule> unique_field_definition_names(validation_context& context, const type_info& info);
std::unique_ptr<rule> unique_argument_definition_names(validation_context& context, const type_info& info);
std::unique_ptr<rule> unique_directive_names(validation_context& context, const type_info& info);
std::unique_ptr<rule> possible_type_extensions(validation_context& context, const type_info& info);
std::unique_ptr<rule> known_argument_names_on_directives(validation_context& context, const type_info& info);
std::unique_ptr<rule> provided_required_arguments_on_directives(validation_context& context, const type_info& info);

std::unique_ptr<rule> no_deprecated(validation_context& context, const type_info& info);
std::unique_ptr<rule> no_schema_introspection(validation_context& context, const type_info& info);

// Shared by the rules for queries and those for SDL.
void check_directive_arguments(validation_context& context, const directive& node);
void check_required_arguments(validation_context& context, const directive& node);

}  // namespace croft::graphql
