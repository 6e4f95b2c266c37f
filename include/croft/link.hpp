// Pairs of many-to-many members, made and removed.
//
//     co_await link<&Item::tags>(hoe, rare);                  // rows or ids; a pair that is there stays as it is
//     co_await unlink<&Item::tags>(hoe, {rare, old});
//     co_await set_links<&Item::tags>(hoe, {rare});           // these and no others
//
// query<Item>().where(any<&Item::tags>(…)) asks about them (field.hpp), query<Item>().with<&Item::tags>() fetches them
// along (related.hpp). May throw db::error, and db::constraint_error where one of the rows doesn't exist. Loop thread
// only.
#pragma once

#include <concepts>
#include <initializer_list>
#include <vector>

#include "croft/field.hpp"
#include "croft/task.hpp"

namespace croft {

namespace detail {

/// What becomes of the pairs of one row.
enum class linking : std::uint8_t { add, remove, replace };
task<std::int64_t> change_links(const link_info* link, value near, std::vector<value> far, linking how);

/// The row's primary key, which is one field.
value key_of_row(const model_info& model, const void* row);

}  // namespace detail

/// One end of a pair: a row of the model, or its key.
template <class Model>
class link_end {
public:
    link_end(const Model& row) : key_(detail::key_of_row(model<Model>(), &row)) {}
    template <class Key>
        requires(std::integral<Key> || std::constructible_from<std::string_view, Key> || std::same_as<Key, uuid>)
    link_end(const Key& key) : key_(detail::as_value(key)) {}
    const value& key() const noexcept { return key_; }

private:
    value key_;
};

/// The other ends: one, {several, …}, or a vector of rows or keys.
template <class Model>
class link_ends {
public:
    link_ends() = default;
    template <std::convertible_to<link_end<Model>> One>
    link_ends(const One& one) : link_ends{link_end<Model>(one)} {}
    link_ends(std::initializer_list<link_end<Model>> all) {
        for (const auto& end : all) keys_.push_back(end.key());
    }
    template <std::convertible_to<link_end<Model>> One>
    link_ends(const std::vector<One>& all) {
        for (const auto& one : all) keys_.push_back(link_end<Model>(one).key());
    }
    std::vector<value> keys() && noexcept { return std::move(keys_); }

private:
    std::vector<value> keys_;
};

namespace detail {
template <auto Member>
using near_end = link_end<model_of_member<Member>>;
template <auto Member>
using far_ends = link_ends<typename type_of_member<Member>::linked>;
}  // namespace detail

/// Makes the pairs that aren't there, and gives their number.
template <auto Member>
task<std::int64_t> link(detail::near_end<Member> row, detail::far_ends<Member> others) {
    return detail::change_links(&detail::link_of<Member>(), row.key(), std::move(others).keys(), detail::linking::add);
}

/// Removes the pairs that are there, and gives their number. The rows stay.
template <auto Member>
task<std::int64_t> unlink(detail::near_end<Member> row, detail::far_ends<Member> others) {
    return detail::change_links(&detail::link_of<Member>(), row.key(), std::move(others).keys(),
                                detail::linking::remove);
}

/// The row's pairs are these from now on, in one transaction; pairs that were there are not touched. Gives the number
/// of those made and removed.
template <auto Member>
task<std::int64_t> set_links(detail::near_end<Member> row, detail::far_ends<Member> others) {
    return detail::change_links(&detail::link_of<Member>(), row.key(), std::move(others).keys(),
                                detail::linking::replace);
}

}  // namespace croft
