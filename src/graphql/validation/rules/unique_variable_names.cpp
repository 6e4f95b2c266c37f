// §5.8.1 Variable Uniqueness.
#include <fmt/format.h>

#include <map>
#include <vector>

#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class unique_variable_names_rule final : public rule {
public:
    using rule::rule;

    void enter_operation(const operation_definition& node) override {
        std::map<std::string_view, std::vector<std::uint32_t>> places;
        for (const variable_definition& each : node.variables)
            places[each.name.text].push_back(each.offset + 1);  // behind the $
        for (const auto& [name, offsets] : places)
            if (offsets.size() > 1)
                context_.report(fmt::format("There can be only one variable named \"${}\".", name), offsets);
    }
};

}  // namespace

std::unique_ptr<rule> unique_variable_names(validation_context& context, const type_info& info) {
    return std::make_unique<unique_variable_names_rule>(context, info);
}

}  // namespace croft::graphql
