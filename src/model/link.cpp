// The tables of pairs behind many-to-many members: as models, in conditions, and written.
#include "croft/link.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/text.hpp"
#include "croft/query.hpp"
#include "model/sql.hpp"

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

namespace detail {

const link_info& link_at(const model_info& owner, std::size_t offset) {
    return *std::ranges::find(owner.links, offset, &link_info::offset);
}

condition over_link(const link_info& link, bool back, condition inner) {
    const auto& pairs = link.through();
    const std::size_t near = back ? 1 : 0, far = 1 - near;
    return condition::related({{&pairs.fields[near].target(), {}}, &pairs, near}, rooted(path{&pairs, {far}}, inner));
}

value key_of_row(const model_info& model, const void* row) {
    const auto& key = model.fields[model.id];
    return key.get(static_cast<const char*>(row) + key.offset);
}

namespace {

task<std::int64_t> add_pairs(const model_info* pairs, value near, std::vector<value> far) {
    constexpr std::array<std::size_t, 2> both{0, 1};
    auto& base = db::current();
    std::vector<value> params;
    for (auto& end : far) {
        params.push_back(near);
        params.push_back(std::move(end));
    }
    if (params.empty()) co_return 0;
    const auto effects =
        co_await base.write_many(model_sql::insertion(*pairs, both, both, base.kind()), std::move(params));
    co_return std::ranges::count(effects, db::row_effect::inserted);
}

}  // namespace

task<std::int64_t> change_links(const link_info* link, value near, std::vector<value> far, linking how) {
    const auto& pairs = link->through();
    near = fit(pairs, pairs.fields[0], std::move(near));
    for (auto& end : far) end = fit(pairs, pairs.fields[1], std::move(end));
    if (how == linking::add) co_return co_await add_pairs(&pairs, std::move(near), std::move(far));
    selection others;
    others.model = &pairs;
    others.where = compare(path{&pairs, {0}}, comparison::equal, near);
    auto named = one_of(path{&pairs, {1}}, far);
    others.where = std::move(others.where) && (how == linking::remove ? std::move(named) : !std::move(named));
    if (how == linking::remove) co_return co_await remove_rows(std::move(others));
    std::int64_t changed = 0;
    co_await transaction([&]() -> task<> {
        changed = co_await remove_rows(std::move(others));
        changed += co_await add_pairs(&pairs, std::move(near), std::move(far));
    });
    co_return changed;
}

}  // namespace detail

}  // namespace croft
