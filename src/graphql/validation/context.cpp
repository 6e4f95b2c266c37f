#include "graphql/validation/context.hpp"

#include <array>

#include "graphql/type/build_schema.hpp"
#include "graphql/type/built_in.hpp"
#include "graphql/validation/walker.hpp"

namespace croft::graphql {
namespace {

/// Notes which variables and fragments each definition uses.
class use_collector final : public rule {
public:
    use_collector(validation_context& context, const type_info& info,
                  std::unordered_map<const definition*, definition_uses>& uses)
        : rule(context, info), uses_(uses) {}

    void enter_definition(const definition& node) override { current_ = &uses_[&node]; }
    void enter_spread(const fragment_spread& node) override { current_->spreads.push_back(&node); }
    void enter_input(const value& node, const type& expected, bool place_has_default) override {
        collect(node, expected, place_has_default);
    }

private:
    void collect(const value& node, const type& expected, bool has_default) {
        if (node.is(value_kind::variable)) current_->variables.push_back({&node, expected, has_default});
        if (node.is(value_kind::list)) {
            const type nullable = expected ? expected.nullable() : type();
            for (const value& each : node.items)
                collect(each, nullable && nullable.is_list() ? nullable.inner() : nullable, false);
        }
        for (const object_field& each : node.fields) {
            const input_value* field = expected ? expected.named().input_field(each.name) : nullptr;
            collect(each.value, field ? field->type : type(), field && field->default_value);
        }
    }

    std::unordered_map<const definition*, definition_uses>& uses_;
    definition_uses* current_ = nullptr;
};

}  // namespace

validation_context::validation_context(const graphql::schema* schema, const graphql::document& document,
                                       std::size_t max_errors)
    : schema_(schema), document_(document), max_errors_(max_errors) {
    for (const definition* each : document.definitions()) {
        if (const auto* node = each->as_fragment()) fragments_.emplace(node->name.text, node);
        const auto* node = each->as_type();
        if (!node || node->extension) continue;
        defined_types_.push_back(node);
        defined_types_by_name_.emplace(node->name.text, node);
    }
    add_directives();
    walker walker(schema);
    use_collector collector(*this, walker.info(), uses_);
    walker.add(collector);
    walker.walk(document);
    number_fragments();
}

/// Documents of a thousand operations that reach a thousand fragments each are walked for each of them: by number, that
/// costs next to nothing.
void validation_context::number_fragments() {
    std::unordered_map<std::string_view, std::uint32_t> numbers;
    for (const auto& [name, fragment] : fragments_) {
        numbers.emplace(name, static_cast<std::uint32_t>(fragments_by_number_.size()));
        fragments_by_number_.push_back(fragment);
    }
    for (auto& [definition, uses] : uses_) {
        std::unordered_set<std::uint32_t> seen;
        for (const fragment_spread* spread : uses.spreads) {
            const auto number = numbers.find(spread->name.text);
            if (number != numbers.end() && seen.insert(number->second).second) uses.fragments.push_back(number->second);
        }
    }
}

void validation_context::add_directives() {
    for (const definition* each : document_.definitions())
        if (const auto* node = each->as_directive())
            directives_.insert_or_assign(std::string(node->name.text), read_directive(*node));
    if (schema_)
        for (const directive_type& each : schema_->directives()) directives_.try_emplace(each.name, each);
    else
        for (const directive_type& each : built_in_directives()) directives_.try_emplace(each.name, each);
}

void validation_context::report(std::string message, std::span<const std::uint32_t> offsets) {
    if (errors_.size() >= max_errors_) {
        errors_.push_back({.message = "Too many validation errors, error limit reached. Validation aborted."});
        throw too_many_errors{};
    }
    graphql_error error{.message = std::move(message)};
    for (const std::uint32_t offset : offsets) error.locations.push_back(document_.locate(offset));
    errors_.push_back(std::move(error));
}

const fragment_definition* validation_context::fragment(std::string_view name) const {
    const auto found = fragments_.find(name);
    return found == fragments_.end() ? nullptr : found->second;
}

const definition_uses& validation_context::uses(const definition& node) const { return uses_.at(&node); }

std::vector<const fragment_definition*> validation_context::reached_fragments(
    std::span<const operation_definition* const> operations) const {
    std::vector<const fragment_definition*> reached;
    std::vector<bool> seen(fragments_by_number_.size());
    const auto add = [&](const definition& user) {
        for (const std::uint32_t number : uses(user).fragments) {
            if (!seen[number]) reached.push_back(fragments_by_number_[number]);
            seen[number] = true;
        }
    };
    for (const operation_definition* each : operations) add(*each);
    for (std::size_t i = 0; i < reached.size(); ++i) add(*reached[i]);
    return reached;
}

const std::vector<variable_usage>& validation_context::all_variables(const operation_definition& operation) {
    if (variables_of_ == &operation) return variables_;
    variables_of_ = &operation;
    variables_ = uses(operation).variables;
    for (const fragment_definition* fragment : reached_fragments(std::array{&operation})) {
        const auto& own = uses(*fragment).variables;
        variables_.insert(variables_.end(), own.begin(), own.end());
    }
    return variables_;
}

const directive_type* validation_context::directive(std::string_view name) const {
    const auto found = directives_.find(std::string(name));
    return found == directives_.end() ? nullptr : &found->second;
}

const type_definition* validation_context::defined_type(std::string_view name) const {
    const auto found = defined_types_by_name_.find(name);
    return found == defined_types_by_name_.end() ? nullptr : found->second;
}

}  // namespace croft::graphql
