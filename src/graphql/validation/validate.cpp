#include "graphql/validation/validate.hpp"

#include <algorithm>

#include "graphql/validation/rules.hpp"
#include "graphql/validation/walker.hpp"

namespace croft::graphql {
namespace {

std::vector<make_rule> chosen(std::span<const named_rule> usual, const validation_options& options) {
    std::vector<make_rule> rules;
    const auto names = [](const std::vector<std::string_view>& list, std::string_view name) {
        return std::ranges::find(list, name) != list.end();
    };
    for (const named_rule& each : usual)
        if (options.only.empty() || names(options.only, each.name)) rules.push_back(each.make);
    for (const named_rule& each : optional_rules())
        if (names(options.only, each.name) || names(options.more, each.name)) rules.push_back(each.make);
    return rules;
}

std::vector<graphql_error> run(const schema* schema, const document& document, const std::vector<make_rule>& rules,
                               std::size_t max_errors) {
    validation_context context(schema, document, max_errors);
    walker walker(schema);
    std::vector<std::unique_ptr<rule>> running;
    for (const make_rule make : rules) walker.add(*running.emplace_back(make(context, walker.info())));
    try {
        walker.walk(document);
    } catch (const too_many_errors&) {  // the last error says so
    }
    return context.take_errors();
}

}  // namespace

std::vector<graphql_error> validate(const schema& schema, const document& document, const validation_options& options) {
    return run(&schema, document, chosen(specified_rules(), options), options.max_errors);
}

std::vector<graphql_error> validate_sdl(const document& sdl, const schema* extended,
                                        const validation_options& options) {
    return run(extended, sdl, chosen(sdl_rules(), options), options.max_errors);
}

}  // namespace croft::graphql
