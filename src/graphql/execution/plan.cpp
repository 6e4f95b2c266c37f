#include "graphql/execution/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "graphql/binding/arguments.hpp"
#include "graphql/execution/collect.hpp"
#include "graphql/type/coerce.hpp"
#include "text/json_write.hpp"

namespace croft::graphql {

namespace {

std::string key_of(std::string_view response_name) {
    std::string key;
    text::append_json_string(key, response_name);
    return key + ':';
}

bool uses_variables(const value& given) {
    if (given.is(value_kind::variable)) return true;
    return std::ranges::any_of(given.items, uses_variables) ||
           std::ranges::any_of(given.fields, uses_variables, &object_field::value);
}

class planner {
public:
    planner(const bound_schema& bound, const document& document, const json_object& variables)
        : schema_(*bound.schema), document_(document), variables_(variables) {}

    plan make(const operation_definition& operation) {
        const auto& query = *schema_.root(operation.operation);
        for (auto& asked : collect_fields(document_, query, {operation.selections}, variables_, &out_.varies))
            add_root(query, std::move(asked));
        return std::move(out_);
    }

private:
    /// What the arguments of the field as asked select, made of them by `make`.
    template <class Make>
    void choose(plan_node& node, const field_definition& definition, const field& asked, Make make) {
        auto select = [&definition, &asked, &document = document_, make](const json_object& variables) {
            auto arguments = coerce_arguments(document, definition.arguments, asked.arguments, asked.offset, variables);
            if (!arguments) throw graphql_failure{std::move(arguments.error())};
            try {
                return make(*arguments);
            } catch (const croft::error& e) {
                throw graphql_failure{{.message = e.what(), .locations = {document.locate(asked.offset)}}};
            }
        };
        if (std::ranges::any_of(asked.arguments, uses_variables, &argument::value))
            node.vary = std::move(select);
        else
            node.what = select(variables_);
    }

    void add_root(const named_type& query, collected_field asked) {
        const auto& definition = *schema_.field(query, asked.first->name.text);
        auto& root = out_.roots.emplace_back();
        root.key = key_of(asked.response_name);
        root.response_name = asked.response_name;
        root.offset = asked.first->offset;
        root.bound = static_cast<const bound_root*>(definition.binding);
        if (!root.bound) {
            root.introspection = asked.first;
            root.selections = std::move(asked.selections);
            return;
        }
        const auto& type = *root.bound->type;
        root.node = node_for(type, *asked.first);
        if (root.bound->kind == graphql_binding::query_kind::one)
            choose(*root.node, definition, *asked.first,
                   [&type](const json_object& arguments) { return one_selection(type, arguments); });
        else
            choose(*root.node, definition, *asked.first, [&type, &schema = schema_](const json_object& arguments) {
                return list_selection(type, arguments, schema, {type.model, {}});
            });
        root.node->many = root.bound->kind != graphql_binding::query_kind::one;
        root.node->name = root.response_name;
        fill(*root.node, asked.selections);
    }

    /// For all rows of the type.
    std::unique_ptr<plan_node> node_for(const bound_type& type, const field& asked) {
        if (++out_.nodes > most_nodes)
            throw graphql_failure{
                {.message = fmt::format("the operation asks for more than {} relations and root fields", most_nodes),
                 .locations = {document_.locate(asked.offset)}}};
        auto node = std::make_unique<plan_node>();
        node->type = &type;
        node->what.model = type.model;
        node->index = out_.nodes - 1;
        return node;
    }

    /// Where in the node's columns the field is selected.
    static std::size_t slot_of(plan_node& node, std::size_t column) {
        const auto at = std::ranges::find(node.columns, column);
        if (at != node.columns.end()) return static_cast<std::size_t>(at - node.columns.begin());
        node.columns.push_back(column);
        return node.columns.size() - 1;
    }

    void fill(plan_node& node, const std::vector<const selection_set*>& selections) {
        const auto& object = *schema_.type(node.type->name);
        if (node.columns.empty()) node.columns.push_back(node.type->model->id);
        const auto collected = collect_fields(document_, object, selections, variables_, &out_.varies);
        node.fields.reserve(collected.size());
        for (const auto& asked : collected) {
            const auto& definition = *schema_.field(object, asked.first->name.text);
            plan_field field;
            field.key = key_of(asked.response_name);
            field.required = definition.type.is_non_null();
            const auto* bound = static_cast<const bound_field*>(definition.binding);
            if (!bound) {
                field.what = plan_field::kind::type_name;
            } else if (bound->what == bound_field::kind::column) {
                field.slot = slot_of(node, bound->column);
                const auto& model = *node.type->model;
                field.column = &model.fields[bound->column];
                field.id = model.keys.size() == 1 && bound->column == model.id;
            } else if (bound->what == bound_field::kind::computed) {
                field.what = plan_field::kind::computed;
                field.computed = bound->computed;
                node.whole_object = true;
            } else if (bound->what == bound_field::kind::link) {
                add_link(node, field, *bound, definition, asked);
            } else {
                add_relation(node, field, *bound, definition, asked);
            }
            node.fields.push_back(std::move(field));
        }
        if (node.whole_object)
            for (std::size_t i = 0; i < node.type->model->fields.size(); ++i) slot_of(node, i);
    }

    void add_relation(plan_node& node, plan_field& field, const bound_field& bound, const field_definition& definition,
                      const collected_field& asked) {
        const bool forward = bound.what == bound_field::kind::forward;
        auto child = node_for(*bound.target, *asked.first);
        if (!forward)
            choose(*child, definition, *asked.first,
                   [&target = *bound.target, &schema = schema_](const json_object& arguments) {
                       return list_selection(target, arguments, schema, {target.model, {}});
                   });
        const bool one = bound.what == bound_field::kind::reverse_one;
        attach(node, *child, forward ? bound.target->model->id : bound.column,
               forward ? bound.column : row_identity(node), !forward && !one, asked.response_name);
        field.what = forward || one ? plan_field::kind::single : plan_field::kind::list;
        field.slot = child->parent_slot;
        field.child = child.get();
        fill(*child, asked.selections);
        node.children.push_back(std::move(child));
    }

    /// Two nodes: the pairs, which are filtered and ordered by what they lead to, and the rows on their other side.
    void add_link(plan_node& node, plan_field& field, const bound_field& bound, const field_definition& definition,
                  const collected_field& asked) {
        const std::size_t here = bound.column, there = 1 - here;
        auto pairs = node_for(*bound.pairs, *asked.first);
        choose(*pairs, definition, *asked.first, [&bound, there, &schema = schema_](const json_object& arguments) {
            return list_selection(*bound.target, arguments, schema, {bound.pairs->model, {there}});
        });
        attach(node, *pairs, here, row_identity(node), true, asked.response_name);
        auto rows = node_for(*bound.target, *asked.first);
        attach(*pairs, *rows, bound.target->model->id, there, false, asked.response_name);
        field.what = plan_field::kind::linked;
        field.slot = pairs->parent_slot;
        field.child = pairs.get();
        fill(*rows, asked.selections);
        pairs->children.push_back(std::move(rows));
        node.children.push_back(std::move(pairs));
    }

    static void attach(plan_node& parent, plan_node& child, std::size_t column, std::size_t parent_column, bool many,
                       std::string_view name) {
        child.many = many;
        child.parent = &parent;
        child.name = std::string(name);
        child.columns.push_back(column);
        child.parent_slot = slot_of(parent, parent_column);
    }

    /// What other rows refer to this one by.
    static std::size_t row_identity(const plan_node& node) { return node.type->model->id; }

    const schema& schema_;
    const document& document_;
    const json_object& variables_;
    plan out_;
};

}  // namespace

plan make_plan(const bound_schema& schema, const document& document, const operation_definition& operation,
               const json_object& variables) {
    return planner(schema, document, variables).make(operation);
}

}  // namespace croft::graphql
