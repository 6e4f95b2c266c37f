// References between models: many rows to one, one to one, many to many.
//
//     struct RecipeItem {
//         std::int64_t id = 0;
//         croft::ref<Item, "recipe"> item;                                     // required; an item's "recipe" are
//         these std::optional<croft::ref<Item, "", croft::on_delete::set_null>> tool; croft::ref_to<&Country::code,
//         "products"> origin;                    // by a key that isn't std::int64_t id croft::many<Tag,
//         "recipe_items"> tags;                               // a table of pairs; no column here
//     };
//
// The other model may be declared later, and may refer back: `struct Item;` is enough for a ref. A reference that is
// unique<> is one to one: its way back is one row. Plain values; any thread.
#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>
#include <utility>

#include "croft/model_info.hpp"

namespace croft {

/// A string as a template argument.
template <std::size_t N>
struct fixed_string {
    char text[N]{};
    constexpr fixed_string(const char (&from)[N]) {
        for (std::size_t i = 0; i < N; ++i) text[i] = from[i];
    }
    constexpr std::string_view view() const { return {text, N - 1}; }
};

namespace detail {

template <class T>
struct member_of;
template <class T, class M>
struct member_of<M T::*> {
    using model = T;
    using type = M;
};
template <auto Member>
using model_of_member = typename member_of<decltype(Member)>::model;
template <auto Member>
using type_of_member = typename member_of<decltype(Member)>::type;

}  // namespace detail

/// The row that a ref points to, by its primary key; 0 is "not set yet".
struct reference {
    std::int64_t id = 0;
    friend bool operator==(const reference&, const reference&) = default;
    friend auto operator<=>(const reference&, const reference&) = default;
};

/// A foreign key to a model whose primary key is one std::int64_t. `Reverse` names the way back: with
/// ref<Item, "recipe">, an item's "recipe" are the rows that point to it. `Rule` says what happens to this row when
/// that one is deleted.
template <class Model, fixed_string Reverse = "", on_delete Rule = on_delete::cascade>
struct ref : reference {
    using target = Model;

    ref() = default;
    ref(std::int64_t row) : reference{row} {}
    template <std::same_as<Model> M>
    ref(const M& row) : reference{row.id} {}
};

/// A foreign key to a model by its declared primary key, primary_key<&Country::code>: a text, a UUID, a small integer.
template <auto Key, fixed_string Reverse = "", on_delete Rule = on_delete::cascade>
struct ref_to {
    using target = detail::model_of_member<Key>;
    using key_type = detail::type_of_member<Key>;

    key_type key{};

    ref_to() = default;
    ref_to(key_type of_row) : key(std::move(of_row)) {}
    ref_to(const char* of_row)
        requires std::constructible_from<key_type, const char*>
        : key(of_row) {}
    template <std::same_as<target> M>
    ref_to(const M& row) : key(row.*Key) {}
    friend bool operator==(const ref_to&, const ref_to&) = default;
    friend auto operator<=>(const ref_to&, const ref_to&) = default;
};

/// Many to many: the pairs are a table of their own, named <table>_<member> unless `Table` says otherwise. The member
/// is empty and no column; pairs that carry more than the two rows are better a model with two refs. Deleting a row
/// deletes its pairs.
template <class Model, fixed_string Reverse = "", fixed_string Table = "">
struct many {
    using linked = Model;
    friend bool operator==(const many&, const many&) = default;
    friend auto operator<=>(const many&, const many&) = default;
};

}  // namespace croft
