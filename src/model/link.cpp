// The tables of pairs behind many-to-many members, as models.
#include <fmt/format.h>

#include <map>

#include "base/text.hpp"
#include "croft/model_info.hpp"

namespace croft {

namespace {

field_info side(std::string name, const model_info& (*target)()) {
    field_info field;
    field.name = field.column = std::move(name);
    field.type = field_type::reference;
    field.target = target;
    return field;
}

model_info describe(const link_info& link) {
    const auto& owner = link.owner();
    const auto& target = link.target();
    model_info made;
    made.name = owner.name + pascal_case(link.name);
    made.table = link.table;
    made.file = owner.file;
    made.line = owner.line;
    made.fields.push_back(side(snake_case(owner.name), link.owner));
    made.fields.push_back(side((&owner == &target ? "other_" : "") + snake_case(target.name), link.target));
    made.keys = {0, 1};
    made.has_history = owner.has_history;
    return made;
}

}  // namespace

const model_info& link_info::through() const {
    static std::map<std::pair<const model_info*, std::string>, model_info> made;
    const std::pair key{&owner(), name};
    auto at = made.find(key);
    if (at == made.end()) at = made.emplace(key, describe(*this)).first;
    return at->second;
}

}  // namespace croft
