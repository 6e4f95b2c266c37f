// A validation rule: it is told of the document's nodes, in order, by the walker, and reports what is wrong.
//
//     class no_aliases : public rule {
//         void enter_field(const field& node) override { if (node.alias) report("No aliases.", {node.offset}); }
//     };
#pragma once

#include "graphql/validation/context.hpp"

namespace croft::graphql {

/// What the schema says of the place at which the walker is; members are null or empty where that isn't known.
struct type_info {
    const named_type* parent = nullptr;       ///< the composite type whose fields are selected here
    const field_definition* field = nullptr;  ///< the nearest field
    graphql::type type{};                     ///< its type; of a fragment: the type it is on
    const directive_type* directive = nullptr;
};

class rule {
public:
    rule(validation_context& context, const type_info& info) : context_(context), info_(info) {}
    virtual ~rule() = default;
    rule(const rule&) = delete;
    rule& operator=(const rule&) = delete;

    virtual void enter_document() {}
    virtual void leave_document() {}

    // executable documents
    virtual void enter_operation(const operation_definition&) {}
    virtual void leave_operation(const operation_definition&) {}
    virtual void enter_fragment(const fragment_definition&) {}
    virtual void enter_variable(const variable_definition&) {}
    virtual void enter_field(const field&) {}
    virtual void leave_field(const field&) {}
    virtual void enter_spread(const fragment_spread&) {}
    virtual void enter_inline(const inline_fragment&) {}

    // both
    virtual void enter_definition(const definition&) {}
    /// All directives of one node; `owner` names the type or schema whose definition or extension that is, if it is
    /// one.
    virtual void enter_directives(list<directive>, directive_location, const definition* /*owner*/) {}
    virtual void enter_directive(const directive&) {}
    virtual void leave_directive(const directive&) {}
    virtual void enter_named_type(std::string_view /*name*/, std::uint32_t /*offset*/, bool /*sdl*/) {}
    /// The whole value of an argument or of a default; `expected` may be empty.
    virtual void enter_input(const value&, const type& /*expected*/, bool /*place_has_default*/) {}

protected:
    void report(std::string message, std::initializer_list<std::uint32_t> offsets) {
        context_.report(std::move(message), offsets);
    }
    const schema& the_schema() const { return *context_.schema(); }

    validation_context& context_;
    const type_info& info_;
};

}  // namespace croft::graphql
