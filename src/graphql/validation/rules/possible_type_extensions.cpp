// §3.4.3 Type Extensions: of a type that exists, and is of that kind.
#include <fmt/format.h>

#include "graphql/suggestions.hpp"
#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class possible_type_extensions_rule final : public rule {
public:
    using rule::rule;

    void enter_definition(const definition& node) override {
        const auto* extension = node.as_type();
        if (!extension || !node.extension) return;
        const type_definition* defined = context_.defined_type(extension->name);
        const named_type* existing = context_.schema() ? context_.schema()->type(extension->name) : nullptr;
        if (!defined && !existing) return report_unknown(*extension);
        if ((defined ? defined->type : existing->kind) != extension->type) report_kind(*extension, defined);
    }

private:
    void report_kind(const type_definition& extension, const type_definition* defined) {
        const auto message =
            fmt::format("Cannot extend non-{} type \"{}\".", kind_name(extension.type), extension.name.text);
        if (defined)
            report(message, {defined->offset, extension.offset});
        else
            report(message, {extension.offset});
    }

    void report_unknown(const type_definition& extension) {
        std::vector<std::string> options;
        for (const type_definition* each : context_.defined_types()) options.emplace_back(each->name.text);
        if (context_.schema())
            for (const named_type& each : context_.schema()->types()) options.push_back(each.name);
        report(fmt::format("Cannot extend type \"{}\" because it is not defined.{}", extension.name.text,
                           did_you_mean(suggestions(extension.name, options))),
               {extension.name.offset});
    }

    static const char* kind_name(type_kind kind) {
        switch (kind) {
            case type_kind::scalar:
                return "scalar";
            case type_kind::object:
                return "object";
            case type_kind::interface:
                return "interface";
            case type_kind::union_:
                return "union";
            case type_kind::enum_:
                return "enum";
            case type_kind::input_object:
                return "input object";
        }
        return "";
    }
};

}  // namespace

std::unique_ptr<rule> possible_type_extensions(validation_context& context, const type_info& info) {
    return std::make_unique<possible_type_extensions_rule>(context, info);
}

}  // namespace croft::graphql
