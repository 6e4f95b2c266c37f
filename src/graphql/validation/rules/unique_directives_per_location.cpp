// §5.7.3 Directives Are Unique per Location. A type and its extensions are one location, as is the schema.
#include <fmt/format.h>

#include <string>
#include <unordered_map>

#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class unique_directives_per_location_rule final : public rule {
public:
    using rule::rule;

    void enter_directives(list<directive> nodes, directive_location, const definition* owner) override {
        places own;
        places& known = owner ? (owner->as_type() ? types_[owner->as_type()->name.text] : schema_) : own;
        for (const directive& each : nodes) {
            const directive_type* type = context_.directive(each.name);
            if (!type || type->repeatable) continue;
            const auto [first, is_new] = known.emplace(each.name.text, each.offset);
            if (!is_new)
                report(fmt::format("The directive \"@{}\" can only be used once at this location.", each.name.text),
                       {first->second, each.offset});
        }
    }

private:
    using places = std::unordered_map<std::string_view, std::uint32_t>;
    places schema_;
    std::unordered_map<std::string_view, places> types_;
};

}  // namespace

std::unique_ptr<rule> unique_directives_per_location(validation_context& context, const type_info& info) {
    return std::make_unique<unique_directives_per_location_rule>(context, info);
}

}  // namespace croft::graphql
