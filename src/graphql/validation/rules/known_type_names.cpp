// §5.5.1.2 Fragment Spread Type Existence, and the same for every other name of a type.
#include <fmt/format.h>

#include "graphql/suggestions.hpp"
#include "graphql/type/built_in.hpp"
#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class known_type_names_rule final : public rule {
public:
    using rule::rule;

    void enter_named_type(std::string_view name, std::uint32_t offset, bool sdl) override {
        const schema* schema = context_.schema();
        if ((schema && schema->type(name)) || context_.defined_type(name)) return;
        if (sdl && is_built_in_type(name)) return;
        std::vector<std::string> options;
        if (sdl) options = built_in_names();
        if (schema)
            for (const named_type& each : schema->types())
                if (!sdl || !each.built_in) options.push_back(each.name);
        for (const type_definition* each : context_.defined_types()) options.emplace_back(each->name.text);
        report(fmt::format("Unknown type \"{}\".{}", name, did_you_mean(suggestions(name, options))), {offset});
    }

private:
    static std::vector<std::string> built_in_names() {
        auto names = names_of(built_in_scalars());
        for (const named_type& each : introspection_types()) names.push_back(each.name);
        return names;
    }
};

}  // namespace

std::unique_ptr<rule> known_type_names(validation_context& context, const type_info& info) {
    return std::make_unique<known_type_names_rule>(context, info);
}

}  // namespace croft::graphql
