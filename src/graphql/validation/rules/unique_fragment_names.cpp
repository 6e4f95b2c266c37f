// §5.5.1.1 Fragment Name Uniqueness.
#include <fmt/format.h>

#include <unordered_map>

#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class unique_fragment_names_rule final : public rule {
public:
    using rule::rule;

    void enter_fragment(const fragment_definition& node) override {
        const auto [known, is_new] = names_.emplace(node.name.text, node.name.offset);
        if (!is_new)
            report(fmt::format("There can be only one fragment named \"{}\".", node.name.text),
                   {known->second, node.name.offset});
    }

private:
    std::unordered_map<std::string_view, std::uint32_t> names_;
};

}  // namespace

std::unique_ptr<rule> unique_fragment_names(validation_context& context, const type_info& info) {
    return std::make_unique<unique_fragment_names_rule>(context, info);
}

}  // namespace croft::graphql
