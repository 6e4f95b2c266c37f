// §5.3.1 Field Selections: a field must exist on the type it is asked of.
#include <fmt/format.h>

#include <algorithm>

#include "graphql/suggestions.hpp"
#include "graphql/validation/rules.hpp"

namespace croft::graphql {
namespace {

class fields_on_correct_type_rule final : public rule {
public:
    using rule::rule;

    void enter_field(const field& node) override {
        const named_type* type = info_.parent;
        if (!type || info_.field) return;
        std::string hint = did_you_mean(types_with(*type, node.name), "to use an inline fragment on");
        if (hint.empty() && !type->is(type_kind::union_))
            hint = did_you_mean(suggestions(node.name, names_of(type->fields)));
        report(fmt::format("Cannot query field \"{}\" on type \"{}\".{}", node.name.text, type->name, hint),
               {node.offset});
    }

private:
    struct candidate {
        const named_type* type;
        std::size_t uses;
    };

    /// Objects that an abstract type can be, and their interfaces, which do have the field: the most common first.
    static std::vector<std::string> types_with(const named_type& type, std::string_view field) {
        std::vector<candidate> found;
        const auto count = [&](const named_type* each) {
            if (!each->field(field)) return;
            const auto known = std::ranges::find(found, each, &candidate::type);
            if (known == found.end())
                found.push_back({each, 1});
            else
                ++known->uses;
        };
        for (const named_type* possible : type.possible) {
            if (!possible->field(field)) continue;
            count(possible);
            std::ranges::for_each(possible->implements, count);
        }
        std::ranges::sort(found, before);
        std::vector<std::string> names;
        for (const candidate& each : found) names.push_back(each.type->name);
        return names;
    }

    /// Of equally common ones, an interface before what implements it.
    static bool before(const candidate& a, const candidate& b) {
        const auto rank = [](const candidate& each) {
            return std::pair(each.type->implements.size(), std::string_view(each.type->name));
        };
        return a.uses != b.uses ? a.uses > b.uses : rank(a) < rank(b);
    }
};

}  // namespace

std::unique_ptr<rule> fields_on_correct_type(validation_context& context, const type_info& info) {
    return std::make_unique<fields_on_correct_type_rule>(context, info);
}

}  // namespace croft::graphql
