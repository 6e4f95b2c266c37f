// §3.3 Schema: at most one schema definition.
#include <fmt/format.h>

#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class lone_schema_definition_rule final : public rule {
public:
    using rule::rule;

    void enter_definition(const definition& node) override {
        if (node.kind != definition_kind::schema || node.extension) return;
        const schema* extended = context_.schema();
        const bool has_roots =
            extended && (extended->root(operation_type::query) || extended->root(operation_type::mutation) ||
                         extended->root(operation_type::subscription));
        if (has_roots) return report("Cannot define a new schema within a schema extension.", {node.offset});
        if (found_) report("Must provide only one schema definition.", {node.offset});
        found_ = true;
    }

private:
    bool found_ = false;
};

}  // namespace

std::unique_ptr<rule> lone_schema_definition(validation_context& context, const type_info& info) {
    return std::make_unique<lone_schema_definition_rule>(context, info);
}

}  // namespace croft::graphql
