#include "graphql/validation/rules.hpp"

namespace croft::graphql {

std::span<const named_rule> specified_rules() {
    static constexpr named_rule rules[] = {
        {"ExecutableDefinitionsRule", executable_definitions},
        {"UniqueOperationNamesRule", unique_operation_names},
        {"LoneAnonymousOperationRule", lone_anonymous_operation},
        {"SingleFieldSubscriptionsRule", single_field_subscriptions},
        {"KnownTypeNamesRule", known_type_names},
        {"FragmentsOnCompositeTypesRule", fragments_on_composite_types},
        {"VariablesAreInputTypesRule", variables_are_input_types},
        {"ScalarLeafsRule", scalar_leafs},
        {"FieldsOnCorrectTypeRule", fields_on_correct_type},
        {"UniqueFragmentNamesRule", unique_fragment_names},
        {"KnownFragmentNamesRule", known_fragment_names},
        {"NoUnusedFragmentsRule", no_unused_fragments},
        {"PossibleFragmentSpreadsRule", possible_fragment_spreads},
        {"NoFragmentCyclesRule", no_fragment_cycles},
        {"UniqueVariableNamesRule", unique_variable_names},
        {"NoUndefinedVariablesRule", no_undefined_variables},
        {"NoUnusedVariablesRule", no_unused_variables},
        {"KnownDirectivesRule", known_directives},
        {"UniqueDirectivesPerLocationRule", unique_directives_per_location},
        {"KnownArgumentNamesRule", known_argument_names},
        {"UniqueArgumentNamesRule", unique_argument_names},
        {"ValuesOfCorrectTypeRule", values_of_correct_type},
        {"ProvidedRequiredArgumentsRule", provided_required_arguments},
        {"VariablesInAllowedPositionRule", variables_in_allowed_position},
        {"OverlappingFieldsCanBeMergedRule", overlapping_fields_can_be_merged},
        {"UniqueInputFieldNamesRule", unique_input_field_names},
        {"MaxIntrospectionDepthRule", max_introspection_depth},
    };
    return rules;
}

std::span<const named_rule> sdl_rules() {
    static constexpr named_rule rules[] = {
        {"LoneSchemaDefinitionRule", lone_schema_definition},
        {"UniqueOperationTypesRule", unique_operation_types},
        {"UniqueTypeNamesRule", unique_type_names},
        {"UniqueEnumValueNamesRule", unique_enum_value_names},
        {"UniqueFieldDefinitionNamesRule", unique_field_definition_names},
        {"UniqueArgumentDefinitionNamesRule", unique_argument_definition_names},
        {"UniqueDirectiveNamesRule", unique_directive_names},
        {"KnownTypeNamesRule", known_type_names},
        {"KnownDirectivesRule", known_directives},
        {"UniqueDirectivesPerLocationRule", unique_directives_per_location},
        {"PossibleTypeExtensionsRule", possible_type_extensions},
        {"KnownArgumentNamesOnDirectivesRule", known_argument_names_on_directives},
        {"UniqueArgumentNamesRule", unique_argument_names},
        {"UniqueInputFieldNamesRule", unique_input_field_names},
        {"ProvidedRequiredArgumentsOnDirectivesRule", provided_required_arguments_on_directives},
    };
    return rules;
}

std::span<const named_rule> optional_rules() {
    static constexpr named_rule rules[] = {
        {"NoDeprecatedCustomRule", no_deprecated},
        {"NoSchemaIntrospectionCustomRule", no_schema_introspection},
    };
    return rules;
}

}  // namespace croft::graphql
