// §5.6.3 Input Object Field Uniqueness.
#include <fmt/format.h>

#include <unordered_map>

#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class unique_input_field_names_rule final : public rule {
public:
    using rule::rule;

    void enter_input(const value& node, const type&, bool) override { check(node); }

private:
    void check(const value& node) {
        for (const value& each : node.items) check(each);
        std::unordered_map<std::string_view, std::uint32_t> known;
        for (const object_field& each : node.fields) {
            const auto [first, is_new] = known.emplace(each.name.text, each.name.offset);
            if (!is_new)
                report(fmt::format("There can be only one input field named \"{}\".", each.name.text),
                       {first->second, each.name.offset});
            check(each.value);
        }
    }
};

}  // namespace

std::unique_ptr<rule> unique_input_field_names(validation_context& context, const type_info& info) {
    return std::make_unique<unique_input_field_names_rule>(context, info);
}

}  // namespace croft::graphql
