#include "graphql/type/build_schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "graphql/language/parser.hpp"
#include "graphql/language/printer.hpp"

namespace croft::graphql {
namespace {

std::string text_of(const value* description) { return description ? std::string(description->text) : std::string(); }

const directive* find(list<directive> directives, std::string_view name) {
    const auto* found = std::ranges::find(directives, name, [](const directive& each) { return each.name.text; });
    return found == directives.end() ? nullptr : found;
}

const value* argument_of(const directive& node, std::string_view name) {
    const auto* found = std::ranges::find(node.arguments, name, [](const argument& each) { return each.name.text; });
    return found == node.arguments.end() ? nullptr : &found->value;
}

/// §3.13.3
std::optional<std::string> deprecation(list<directive> directives) {
    const auto* node = find(directives, "deprecated");
    if (!node) return std::nullopt;
    const value* reason = argument_of(*node, "reason");
    return std::string(reason && reason->is(value_kind::string) ? reason->text : default_deprecation_reason);
}

input_value convert(const input_value_definition& node) {
    return {.name = std::string(node.name.text),
            .type_name = print(*node.type),
            .description = text_of(node.description),
            .default_text = node.default_value ? print(*node.default_value) : std::string(),
            .deprecation = deprecation(node.directives)};
}

field_definition convert(const field_definition_node& node) {
    field_definition field{.name = std::string(node.name.text),
                           .type_name = print(*node.type),
                           .description = text_of(node.description),
                           .deprecation = deprecation(node.directives)};
    for (const auto& each : node.arguments) field.arguments.push_back(convert(each));
    return field;
}

directive_type convert_directive(const directive_definition& node) {
    directive_type directive{
        .name = std::string(node.name.text), .description = text_of(node.description), .repeatable = node.repeatable};
    for (const auto& each : node.arguments) directive.arguments.push_back(convert(each));
    for (const auto& each : node.locations)
        if (const auto location = directive_location_of(each.text)) directive.locations.push_back(*location);
    return directive;
}

class sdl_reader {
public:
    sdl_reader(const document& sdl, schema_parts& parts) : sdl_(sdl), parts_(parts) {
        for (std::size_t i = 0; i < parts_.types.size(); ++i) places_.emplace(parts_.types[i].name, i);
    }

    std::vector<graphql_error> read() {
        for (const definition* each : sdl_.definitions()) {
            if (const auto* node = each->as_type(); node && !node->extension) define(*node);
            if (const auto* node = each->as_directive()) parts_.directives.push_back(convert_directive(*node));
        }
        for (const definition* each : sdl_.definitions()) {
            if (const auto* node = each->as_type(); node && node->extension) extend(*node);
            if (const auto* node = each->as_schema()) read(*node);
        }
        return std::move(errors_);
    }

private:
    void define(const type_definition& node) {
        named_type type{
            .kind = node.type, .name = std::string(node.name.text), .description = text_of(node.description)};
        fill(type, node);
        places_.emplace(type.name, parts_.types.size());
        parts_.types.push_back(std::move(type));
    }

    void extend(const type_definition& node) {
        const auto place = places_.find(std::string(node.name.text));
        if (place == places_.end())
            return fault(node.name.offset,
                         fmt::format("Cannot extend type \"{}\" because it is not defined.", node.name.text));
        named_type& type = parts_.types[place->second];
        if (type.kind != node.type)
            return fault(node.offset,
                         fmt::format("Cannot extend type \"{}\", which is of another kind.", node.name.text));
        fill(type, node);
    }

    static void fill(named_type& type, const type_definition& node) {
        for (const auto& each : node.interfaces) type.interfaces.emplace_back(each.text);
        for (const auto& each : node.members) type.members.emplace_back(each.text);
        for (const auto& each : node.fields) type.fields.push_back(convert(each));
        for (const auto& each : node.input_fields) type.input_fields.push_back(convert(each));
        for (const auto& each : node.values)
            type.values.push_back({.name = std::string(each.name.text),
                                   .description = text_of(each.description),
                                   .deprecation = deprecation(each.directives)});
        if (find(node.directives, "oneOf")) type.one_of = true;
        if (const auto* specified = find(node.directives, "specifiedBy"))
            if (const value* url = argument_of(*specified, "url")) type.specified_by = url->text;
    }

    void read(const schema_definition& node) {
        if (node.description) parts_.description = node.description->text;
        for (const auto& each : node.operations) {
            std::string* roots[] = {&parts_.query, &parts_.mutation, &parts_.subscription};
            *roots[static_cast<std::size_t>(each.operation)] = each.type.text;
        }
    }

    void fault(std::uint32_t offset, std::string message) {
        errors_.push_back({.message = std::move(message), .locations = {sdl_.locate(offset)}});
    }

    const document& sdl_;
    schema_parts& parts_;
    std::unordered_map<std::string, std::size_t> places_;
    std::vector<graphql_error> errors_;
};

/// §3.3.1 Default Root Operation Type Names
void use_default_roots(schema_parts& parts) {
    const auto use = [&](std::string& root, const char* name) {
        if (parts.type(name)) root = name;
    };
    use(parts.query, "Query");
    use(parts.mutation, "Mutation");
    use(parts.subscription, "Subscription");
}

bool defines_schema(const document& sdl) {
    return std::ranges::any_of(sdl.definitions(), [](const definition* each) {
        return each->kind == definition_kind::schema && !each->extension;
    });
}

}  // namespace

directive_type read_directive(const directive_definition& node) { return convert_directive(node); }

std::vector<graphql_error> add_definitions(const document& sdl, schema_parts& parts) {
    return sdl_reader(sdl, parts).read();
}

built_schema build_schema(const document& sdl) {
    schema_parts parts;
    auto errors = add_definitions(sdl, parts);
    if (!errors.empty()) return std::unexpected(std::move(errors));
    if (!defines_schema(sdl)) use_default_roots(parts);
    return schema::link(std::move(parts));
}

built_schema build_schema(std::string sdl) {
    const auto document = parse(std::move(sdl), parse_options::for_schema());
    if (document) return build_schema(*document);
    const parse_failure& failure = document.error();
    return std::unexpected(std::vector<graphql_error>{
        {.message = failure.message,
         .locations = {{static_cast<std::uint32_t>(failure.line), static_cast<std::uint32_t>(failure.column)}}}});
}

built_schema extend_schema(const schema& schema, const document& sdl) {
    schema_parts parts = schema.parts();
    auto errors = add_definitions(sdl, parts);
    if (!errors.empty()) return std::unexpected(std::move(errors));
    return schema::link(std::move(parts));
}

}  // namespace croft::graphql
