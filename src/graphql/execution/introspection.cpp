#include "graphql/execution/introspection.hpp"

#include <optional>

#include "graphql/type/coerce.hpp"
#include "graphql/type/literal.hpp"
#include "text/json_write.hpp"

namespace croft::graphql {

namespace {

using selections = std::vector<const selection_set*>;

std::string_view kind_name(const type& t) {
    if (t.is_non_null()) return "NON_NULL";
    if (t.is_list()) return "LIST";
    switch (t.named().kind) {
        case type_kind::scalar:
            return "SCALAR";
        case type_kind::object:
            return "OBJECT";
        case type_kind::interface:
            return "INTERFACE";
        case type_kind::union_:
            return "UNION";
        case type_kind::enum_:
            return "ENUM";
        case type_kind::input_object:
            return "INPUT_OBJECT";
    }
    return "SCALAR";
}

/// One function for each introspection type: it writes the field it is asked for.
class introspector {
public:
    introspector(std::string& out, const schema& schema, const document& document, const json_object& variables)
        : out_(out), schema_(schema), document_(document), variables_(variables) {}

    void write_schema(const selections& asked) {
        object("__Schema", asked, [this](const collected_field& f, std::string_view name) {
            if (name == "description") text(schema_.description());
            if (name == "types") list(schema_.types(), [&](const named_type& t) { write(type(t), f.selections); });
            if (name == "queryType") root(operation_type::query, f.selections);
            if (name == "mutationType") root(operation_type::mutation, f.selections);
            if (name == "subscriptionType") root(operation_type::subscription, f.selections);
            if (name == "directives")
                list(schema_.directives(), [&](const directive_type& d) { write(d, f.selections); });
        });
    }

    void write(const type& t, const selections& asked) {
        const bool named = !t.is_wrapped();
        object("__Type", asked, [&](const collected_field& f, std::string_view name) {
            if (name == "kind") return text(kind_name(t));
            if (name == "ofType") return named ? null() : write(t.inner(), f.selections);
            if (!named) return null();
            const named_type& own = t.named();
            if (name == "name") return text(own.name);
            if (name == "description") return text(own.description);
            if (name == "specifiedByURL") return text(own.specified_by);
            if (name == "isOneOf") return own.kind == type_kind::input_object ? boolean(own.one_of) : null();
            if (name == "fields") return fields(own, f);
            if (name == "interfaces") return interfaces(own, f);
            if (name == "possibleTypes") return own.is_abstract() ? types(own.possible, f) : null();
            if (name == "enumValues") return enum_values(own, f);
            if (name == "inputFields")
                return own.kind == type_kind::input_object ? inputs(own.input_fields, f) : null();
        });
    }

private:
    void null() { out_ += "null"; }
    void boolean(bool b) { out_ += b ? "true" : "false"; }
    void text(std::string_view s) {
        if (s.empty()) return null();
        text::append_json_string(out_, s);
    }

    template <class Write>
    void object(std::string_view type_name, const selections& asked, Write write_field) {
        out_ += '{';
        bool first = true;
        for (const auto& field : collect_fields(document_, *schema_.type(type_name), asked, variables_)) {
            if (!std::exchange(first, false)) out_ += ',';
            text::append_json_string(out_, field.response_name);
            out_ += ':';
            const std::string_view name = field.first->name.text;
            if (name == "__typename")
                text(type_name);
            else
                write_field(field, name);
        }
        out_ += '}';
    }

    template <class Range, class Write>
    void list(const Range& range, Write write_one) {
        out_ += '[';
        bool first = true;
        for (const auto& one : range) {
            if (!std::exchange(first, false)) out_ += ',';
            write_one(one);
        }
        out_ += ']';
    }

    /// The elements that are not deprecated, or all where includeDeprecated says so.
    template <class Range, class Write>
    void current(const Range& range, const collected_field& f, Write write_one) {
        std::vector<const typename Range::value_type*> shown;
        const bool all = include_deprecated(*f.first);
        for (const auto& one : range)
            if (all || !one.deprecation) shown.push_back(&one);
        list(shown, [&](const auto* one) { write_one(*one); });
    }
    bool include_deprecated(const field& asked) const {
        for (const auto& argument : asked.arguments) {
            if (!argument.value.is(value_kind::variable)) return argument.value.truth();
            const auto* given = variables_.find(argument.value.text);
            return given && given->is_boolean() && given->boolean();
        }
        return false;
    }

    void root(operation_type which, const selections& asked) {
        const auto* found = schema_.root(which);
        found ? write(type(*found), asked) : null();
    }
    void types(const std::vector<const named_type*>& which, const collected_field& f) {
        list(which, [&](const named_type* t) { write(type(*t), f.selections); });
    }
    void interfaces(const named_type& own, const collected_field& f) {
        const bool has = own.kind == type_kind::object || own.kind == type_kind::interface;
        has ? types(own.implements, f) : null();
    }

    void fields(const named_type& own, const collected_field& f) {
        if (own.kind != type_kind::object && own.kind != type_kind::interface) return null();
        current(own.fields, f, [&](const field_definition& d) {
            object("__Field", f.selections, [&](const collected_field& g, std::string_view name) {
                if (name == "name") return text(d.name);
                if (name == "description") return text(d.description);
                if (name == "args") return inputs(d.arguments, g);
                if (name == "type") return write(d.type, g.selections);
                deprecation(d.deprecation, name);
            });
        });
    }

    void enum_values(const named_type& own, const collected_field& f) {
        if (own.kind != type_kind::enum_) return null();
        current(own.values, f, [&](const enum_value& v) {
            object("__EnumValue", f.selections, [&](const collected_field&, std::string_view name) {
                if (name == "name") return text(v.name);
                if (name == "description") return text(v.description);
                deprecation(v.deprecation, name);
            });
        });
    }

    void inputs(const std::vector<input_value>& all, const collected_field& f) {
        current(all, f, [&](const input_value& v) {
            object("__InputValue", f.selections, [&](const collected_field& g, std::string_view name) {
                if (name == "name") return text(v.name);
                if (name == "description") return text(v.description);
                if (name == "type") return write(v.type, g.selections);
                if (name == "defaultValue")
                    return v.default_value ? text(print_literal(*v.default_value, v.type)) : null();
                deprecation(v.deprecation, name);
            });
        });
    }

    void deprecation(const std::optional<std::string>& reason, std::string_view name) {
        if (name == "isDeprecated") return boolean(reason.has_value());
        if (name == "deprecationReason") return reason ? text(*reason) : null();
    }

    void write(const directive_type& d, const selections& asked) {
        object("__Directive", asked, [&](const collected_field& f, std::string_view name) {
            if (name == "name") return text(d.name);
            if (name == "description") return text(d.description);
            if (name == "isRepeatable") return boolean(d.repeatable);
            if (name == "args") return inputs(d.arguments, f);
            if (name == "locations") list(d.locations, [&](directive_location at) { text(to_string(at)); });
        });
    }

    std::string& out_;
    const schema& schema_;
    const document& document_;
    const json_object& variables_;
};

}  // namespace

void write_introspection(std::string& out, const schema& schema, const document& document, const field& asked,
                         const selections& all, const json_object& variables) {
    introspector write(out, schema, document, variables);
    if (asked.name.text == "__schema") return write.write_schema(all);
    auto arguments =
        coerce_arguments(document, schema.type_field().arguments, asked.arguments, asked.offset, variables);
    const auto* name = arguments ? arguments->find("name") : nullptr;
    const auto* found = name ? schema.type(name->text()) : nullptr;
    if (!found) {
        out += "null";
        return;
    }
    write.write(type(*found), all);
}

}  // namespace croft::graphql
