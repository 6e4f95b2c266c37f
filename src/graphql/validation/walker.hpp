// Goes through a document once, in source order, keeps track of types, and tells every rule of every node.
#pragma once

#include <memory>
#include <vector>

#include "graphql/validation/rule.hpp"

namespace croft::graphql {

class walker {
public:
    /// `schema` may be null.
    explicit walker(const schema* schema) : schema_(schema) {}

    const type_info& info() const { return info_; }
    void add(rule& rule) { rules_.push_back(&rule); }
    void walk(const document& document);

private:
    template <class... Parameters, class... Arguments>
    void tell(void (rule::*event)(Parameters...), Arguments&&... arguments) {
        for (rule* each : rules_) (each->*event)(arguments...);
    }
    const named_type* composite(std::string_view name) const;

    void walk(const operation_definition& node);
    void walk(const fragment_definition& node);
    void walk(const variable_definition& node);
    void walk(const selection_set& node, const named_type* parent);
    void walk(const selection& node);
    void walk(const field& node);
    void walk(const inline_fragment& node);
    void walk(const schema_definition& node);
    void walk(const type_definition& node);
    void walk(const directive_definition& node);
    void walk(const field_definition_node& node);
    void walk(const input_value_definition& node, directive_location location);
    void walk(list<directive> nodes, directive_location location, const definition* owner = nullptr);
    void walk(list<argument> nodes, const std::vector<input_value>* definitions);
    void type_reference(const type_ref& node, bool sdl);

    const schema* schema_;
    type_info info_;
    std::vector<rule*> rules_;
};

}  // namespace croft::graphql
