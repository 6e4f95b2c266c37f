#include "graphql/validation/validate_schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "graphql/language/characters.hpp"

namespace croft::graphql {
namespace {

class schema_checker {
public:
    explicit schema_checker(const schema& schema) : schema_(schema) {}

    std::vector<graphql_error> check() {
        check_roots();
        for (const directive_type& each : schema_.directives()) check(each);
        for (const named_type& each : schema_.types()) check(each);
        for (const named_type& each : schema_.types())
            if (each.is(type_kind::input_object)) find_cycles(each);
        return std::move(errors_);
    }

private:
    template <class... Args>
    void fault(fmt::format_string<Args...> text, Args&&... args) {
        errors_.push_back({.message = fmt::format(text, std::forward<Args>(args)...)});
    }

    /// §3.3
    void check_roots() {
        static constexpr const char* words[] = {"Query", "Mutation", "Subscription"};
        if (!schema_.root(operation_type::query)) fault("Query root type must be provided.");
        std::vector<const named_type*> roots;
        for (auto operation : {operation_type::query, operation_type::mutation, operation_type::subscription}) {
            const named_type* root = schema_.root(operation);
            if (!root) continue;
            if (!root->is(type_kind::object))
                fault("{} root type must be Object type{}, it cannot be {}.",
                      words[static_cast<std::size_t>(operation)],
                      operation == operation_type::query ? "" : " if provided", root->name);
            if (std::ranges::find(roots, root) != roots.end())
                fault("All root types must be different, \"{}\" type is used as more than one of them.", root->name);
            roots.push_back(root);
        }
    }

    /// §2.1.9, and §4 Reserved Names
    void check_name(const std::string& name, const std::string& where) {
        if (!is_name(name))
            fault("\"{}\", the name of {}, must be letters, digits and _, without a digit first.", name, where);
        else if (name.starts_with("__"))
            fault("Name \"{}\" must not begin with \"__\", which is reserved by GraphQL introspection.", name);
    }

    void check(const directive_type& directive) {
        if (directive.built_in) return;
        check_name(directive.name, "a directive");
        check_arguments(directive.arguments, "@" + directive.name);
    }

    void check_arguments(const std::vector<input_value>& arguments, const std::string& owner) {
        std::unordered_set<std::string_view> names;
        for (const input_value& each : arguments) {
            const std::string where = fmt::format("{}({}:)", owner, each.name);
            check_name(each.name, where);
            if (!names.insert(each.name).second) fault("Argument \"{}\" can only be defined once.", where);
            if (!each.type.named().is_input())
                fault("The type of {} must be Input Type but got: {}.", where, to_string(each.type));
            if (each.required() && each.deprecation) fault("Required argument {} cannot be deprecated.", where);
        }
    }

    void check(const named_type& type) {
        if (type.built_in) return;
        check_name(type.name, "a type");
        switch (type.kind) {
            case type_kind::scalar:
                return;
            case type_kind::object:
            case type_kind::interface:
                check_fields(type);
                return check_interfaces(type);
            case type_kind::union_:
                return check_members(type);
            case type_kind::enum_:
                return check_values(type);
            case type_kind::input_object:
                return check_input_fields(type);
        }
    }

    /// §3.6, §3.7
    void check_fields(const named_type& type) {
        if (type.fields.empty()) fault("Type {} must define one or more fields.", type.name);
        for (const field_definition& each : type.fields) {
            const std::string where = type.name + "." + each.name;
            check_name(each.name, where);
            if (!each.type.named().is_output())
                fault("The type of {} must be Output Type but got: {}.", where, to_string(each.type));
            check_arguments(each.arguments, where);
        }
    }

    void check_interfaces(const named_type& type) {
        std::unordered_set<const named_type*> seen;
        for (const named_type* interface : type.implements) {
            if (!interface->is(type_kind::interface))
                fault("Type {} must only implement Interface types, it cannot implement {}.", type.name,
                      interface->name);
            else if (interface == &type)
                fault("Type {} cannot implement itself because it would create a circular reference.", type.name);
            else if (!seen.insert(interface).second)
                fault("Type {} can only implement {} once.", type.name, interface->name);
            else
                check_implementation(type, *interface);
        }
    }

    /// IsValidImplementation
    void check_implementation(const named_type& type, const named_type& interface) {
        for (const named_type* above : interface.implements) {
            if (std::ranges::find(type.implements, above) != type.implements.end()) continue;
            if (above == &type)
                fault("Type {} cannot implement {} because it would create a circular reference.", type.name,
                      interface.name);
            else
                fault("Type {} must implement {} because it is implemented by {}.", type.name, above->name,
                      interface.name);
        }
        for (const field_definition& promised : interface.fields) {
            const field_definition* field = type.field(promised.name);
            if (!field)
                fault("Interface field {}.{} expected but {} does not provide it.", interface.name, promised.name,
                      type.name);
            else
                check_field(*field, type, promised, interface);
        }
    }

    void check_field(const field_definition& field, const named_type& type, const field_definition& promised,
                     const named_type& interface) {
        const std::string own = type.name + "." + field.name, theirs = interface.name + "." + promised.name;
        if (!schema::is_subtype(field.type, promised.type))
            fault("Interface field {} expects type {} but {} is type {}.", theirs, to_string(promised.type), own,
                  to_string(field.type));
        for (const input_value& each : promised.arguments) {
            const input_value* argument = field.argument(each.name);
            if (!argument)
                fault("Interface field argument {}({}:) expected but {} does not provide it.", theirs, each.name, own);
            else if (!(argument->type == each.type))
                fault("Interface field argument {}({}:) expects type {} but {}({}:) is type {}.", theirs, each.name,
                      to_string(each.type), own, each.name, to_string(argument->type));
        }
        for (const input_value& each : field.arguments)
            if (each.required() && !promised.argument(each.name))
                fault("Object field {} includes required argument {} that is missing from the Interface field {}.", own,
                      each.name, theirs);
    }

    /// §3.8
    void check_members(const named_type& type) {
        if (type.possible.empty()) fault("Union type {} must define one or more member types.", type.name);
        std::unordered_set<const named_type*> seen;
        for (const named_type* member : type.possible) {
            if (!seen.insert(member).second)
                fault("Union type {} can only include type {} once.", type.name, member->name);
            else if (!member->is(type_kind::object))
                fault("Union type {} can only include Object types, it cannot include {}.", type.name, member->name);
        }
    }

    /// §3.9
    void check_values(const named_type& type) {
        if (type.values.empty()) fault("Enum type {} must define one or more values.", type.name);
        for (const enum_value& each : type.values) {
            check_name(each.name, type.name + "." + each.name);
            if (each.name == "true" || each.name == "false" || each.name == "null")
                fault("Enum type {} cannot include value: {}.", type.name, each.name);
        }
    }

    /// §3.10
    void check_input_fields(const named_type& type) {
        if (type.input_fields.empty()) fault("Input Object type {} must define one or more fields.", type.name);
        for (const input_value& each : type.input_fields) {
            const std::string where = type.name + "." + each.name;
            check_name(each.name, where);
            if (!each.type.named().is_input())
                fault("The type of {} must be Input Type but got: {}.", where, to_string(each.type));
            if (each.required() && each.deprecation) fault("Required input field {} cannot be deprecated.", where);
            if (type.one_of && each.type.is_non_null()) fault("OneOf input field {} must be nullable.", where);
            if (type.one_of && each.default_value) fault("OneOf input field {} cannot have a default value.", where);
        }
    }

    /// A value of an input object that needs itself, directly or through others, could never be written.
    void find_cycles(const named_type& type) {
        if (!visited_.insert(&type).second) return;
        path_.push_back({&type, nullptr});
        for (const input_value& each : type.input_fields) {
            if (!each.type.is_non_null() || !each.type.inner().named().is(type_kind::input_object)) continue;
            if (each.type.inner().is_list()) continue;  // may be empty
            const named_type& next = each.type.named();
            path_.back().field = &each;
            const auto known = std::ranges::find(path_, &next, &step::type);
            if (known == path_.end()) {
                find_cycles(next);
                continue;
            }
            std::string way;
            for (auto at = known; at != path_.end(); ++at) way += (way.empty() ? "" : ".") + at->field->name;
            fault("Cannot reference Input Object \"{}\" within itself through a series of non-null fields: \"{}\".",
                  next.name, way);
        }
        path_.pop_back();
    }

    struct step {
        const named_type* type;
        const input_value* field;
    };
    const schema& schema_;
    std::vector<graphql_error> errors_;
    std::unordered_set<const named_type*> visited_;
    std::vector<step> path_;
};

}  // namespace

std::vector<graphql_error> validate_schema(const schema& schema) { return schema_checker(schema).check(); }

}  // namespace croft::graphql
