// schema::link: puts the parts in their final place, resolves what they name, and reads the defaults.
#include <fmt/format.h>

#include <algorithm>

#include "graphql/language/parser.hpp"
#include "graphql/type/built_in.hpp"
#include "graphql/type/coerce.hpp"
#include "graphql/type/schema.hpp"

namespace croft::graphql {

class schema_linker {
public:
    std::expected<schema, std::vector<graphql_error>> link(schema_parts parts) {
        place(std::move(parts));
        add_built_in();
        for (named_type& each : in_.types) index(each);
        for (named_type& each : in_.types) resolve(each);
        for (directive_type& each : in_.directives) resolve_inputs(each.arguments, "@" + each.name);
        for (field_definition* each : {&in_.typename_field, &in_.schema_field, &in_.type_field})
            resolve(*each, "introspection");
        for (named_type& each : in_.types) connect(each);
        find_roots();
        if (errors_.empty()) read_defaults();
        if (!errors_.empty()) return std::unexpected(std::move(errors_));
        return std::move(schema_);
    }

private:
    template <class... Args>
    void fault(fmt::format_string<Args...> text, Args&&... args) {
        errors_.push_back({.message = fmt::format(text, std::forward<Args>(args)...)});
    }

    void place(schema_parts parts) {
        in_.description = std::move(parts.description);
        in_.root_names[0] = std::move(parts.query);
        in_.root_names[1] = std::move(parts.mutation);
        in_.root_names[2] = std::move(parts.subscription);
        for (named_type& each : parts.types) add(std::move(each));
        for (directive_type& each : parts.directives) add(std::move(each));
    }

    void add(named_type type) {
        if (in_.types_by_name.contains(type.name)) return fault("There can be only one type named \"{}\".", type.name);
        type.id = static_cast<std::uint32_t>(in_.types.size());
        const named_type& kept = in_.types.emplace_back(std::move(type));
        in_.types_by_name.emplace(kept.name, &kept);
    }

    void add(directive_type directive) {
        if (in_.directives_by_name.contains(directive.name))
            return fault("There can be only one directive named \"@{}\".", directive.name);
        const directive_type& kept = in_.directives.emplace_back(std::move(directive));
        in_.directives_by_name.emplace(kept.name, &kept);
    }

    /// §3.5: a scalar of the specification is part of a schema only when something uses it. §4: introspection always.
    void add_built_in() {
        for (directive_type each : built_in_directives())
            if (!in_.directives_by_name.contains(each.name)) add(std::move(each));
        for (named_type each : introspection_types())
            if (!in_.types_by_name.contains(each.name)) add(std::move(each));
        in_.typename_field = {.name = "__typename",
                              .type_name = "String!",
                              .description = "The name of the current Object type at runtime."};
        in_.schema_field = {.name = "__schema",
                            .type_name = "__Schema!",
                            .description = "Access the current type schema of this server."};
        in_.type_field = {.name = "__type",
                          .type_name = "__Type",
                          .description = "Request the type information of a single type.",
                          .arguments = {{.name = "name", .type_name = "String!"}}};
        for (const named_type& each : built_in_scalars())
            if (!in_.types_by_name.contains(each.name) && used(each.name)) add(each);
    }

    bool used(std::string_view scalar) const {
        const auto names = [&](const auto& item) { return bare(item.type_name) == scalar; };
        const auto in_field = [&](const field_definition& each) {
            return names(each) || std::ranges::any_of(each.arguments, names);
        };
        const auto in_type = [&](const named_type& each) {
            return std::ranges::any_of(each.fields, in_field) || std::ranges::any_of(each.input_fields, names);
        };
        return std::ranges::any_of(in_.types, in_type) || std::ranges::any_of(in_.directives, [&](const auto& each) {
                   return std::ranges::any_of(each.arguments, names);
               });
    }

    static std::string_view bare(std::string_view type_name) {
        const auto start = type_name.find_first_not_of("[ ");
        return start == type_name.npos ? "" : type_name.substr(start, type_name.find_first_of("]! ", start) - start);
    }

    void index(named_type& type) {
        const auto add_names = [&](const auto& items, std::string_view what) {
            for (std::uint32_t i = 0; i < items.size(); ++i)
                if (!type.by_name.emplace(items[i].name, i).second)
                    fault("{} \"{}.{}\" can only be defined once.", what, type.name, items[i].name);
        };
        type.by_name.clear();  // a part may come from another schema, whose names it would point into
        switch (type.kind) {
            case type_kind::object:
            case type_kind::interface:
                return add_names(type.fields, "Field");
            case type_kind::enum_:
                return add_names(type.values, "Enum value");
            case type_kind::input_object:
                return add_names(type.input_fields, "Field");
            default:
                return;
        }
    }

    graphql::type find(const std::string& type_name, const std::string& where) {
        arena memory(256);
        const auto reference = parse_type(type_name, memory);
        if (!reference) {
            fault("{} has the type \"{}\", which can't be read: {}", where, type_name, reference.error().message);
            return {};
        }
        graphql::type found = schema_.resolve(**reference);
        if (!found) fault("Unknown type \"{}\" in {}.", type_name, where);
        return found;
    }

    void resolve(named_type& type) {
        for (field_definition& each : type.fields) resolve(each, type.name + "." + each.name);
        resolve_inputs(type.input_fields, type.name);
    }

    void resolve(field_definition& field, const std::string& where) {
        field.type = find(field.type_name, where);
        resolve_inputs(field.arguments, where);
    }

    void resolve_inputs(std::vector<input_value>& inputs, const std::string& where) {
        for (input_value& each : inputs) each.type = find(each.type_name, where + "." + each.name);
    }

    /// Interfaces, members, and which object can stand where.
    void connect(named_type& type) {
        type.implements.clear();
        if (type.is_abstract()) mark(type, type);
        for (const std::string& name : type.interfaces) {
            named_type* interface = type_for(name, type.name);
            if (!interface) continue;
            type.implements.push_back(interface);
            if (!interface->is(type_kind::interface)) continue;
            mark(*interface, type);
            auto& list = type.is(type_kind::object) ? interface->possible : interface->implementers;
            if (std::ranges::find(list, &type) == list.end()) list.push_back(&type);
        }
        for (const std::string& name : type.members) {
            named_type* member = type_for(name, type.name);
            if (!member) continue;
            type.possible.push_back(member);
            mark(type, *member);
        }
    }

    void mark(named_type& super, const named_type& sub) {
        super.includes_id.resize(in_.types.size());
        super.includes_id[sub.id] = true;
    }

    named_type* type_for(const std::string& name, const std::string& user) {
        const auto found = in_.types_by_name.find(name);
        if (found != in_.types_by_name.end()) return &in_.types[found->second->id];
        fault("Unknown type \"{}\" in {}.", name, user);
        return nullptr;
    }

    void find_roots() {
        for (std::size_t i = 0; i < 3; ++i) {
            if (in_.root_names[i].empty()) continue;
            in_.roots[i] = schema_.type(in_.root_names[i]);
            if (!in_.roots[i])
                fault("Unknown type \"{}\", the {} root.", in_.root_names[i],
                      to_string(static_cast<operation_type>(i)));
        }
    }

    /// An input object's own defaults come before those of whatever uses it, since they fill its gaps.
    void read_defaults() {
        defaults_read_.resize(in_.types.size());
        for (named_type& type : in_.types) read_defaults(type);
        for (named_type& type : in_.types)
            for (field_definition& field : type.fields)
                for (input_value& each : field.arguments) read_default(each, type.name + "." + field.name);
        for (directive_type& directive : in_.directives)
            for (input_value& each : directive.arguments) read_default(each, "@" + directive.name);
    }

    void read_defaults(named_type& type) {
        if (defaults_read_[type.id]) return;
        defaults_read_[type.id] = true;
        for (input_value& each : type.input_fields)
            if (!each.default_text.empty()) read_defaults(in_.types[each.type.named().id]);
        for (input_value& each : type.input_fields) read_default(each, type.name);
    }

    void read_default(input_value& input, const std::string& where) {
        input.default_value.reset();
        if (input.default_text.empty()) return;
        arena memory(256);
        const auto literal = parse_value(input.default_text, memory);
        if (literal && input.type.named().is_input()) input.default_value = value_from_literal(**literal, input.type);
        if (!input.default_value)
            fault("{}.{} has the default {}, which is no value of type \"{}\".", where, input.name, input.default_text,
                  input.type_name);
    }

    schema schema_;
    schema::inside& in_ = *schema_.parts_;
    std::vector<graphql_error> errors_;
    std::vector<bool> defaults_read_;
};

std::expected<schema, std::vector<graphql_error>> schema::link(schema_parts parts) {
    for (named_type& each : parts.types) {
        each.built_in = false;
        each.possible.clear();
        each.implementers.clear();
        each.includes_id.clear();
    }
    return schema_linker().link(std::move(parts));
}

}  // namespace croft::graphql
