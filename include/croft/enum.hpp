// Enums by name: how models store them, and how they are printed and read.
//
//     enum class rarity { common, rare, epic };
//     croft::enum_name(rarity::rare);              // "rare"
//     croft::enum_from<rarity>("epic");            // rarity::epic; nothing for a name that it doesn't have
//
// Any enum class whose enumerators lie within 0 … 127; nothing is written beside it. Of two enumerators with the same
// number the first one's name counts. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace croft {

namespace detail {

inline constexpr std::size_t most_enumerators = 128;

/// "… [Values = <rarity::common, rarity::rare, (rarity)2, …>]": one instantiation an enum gives all names.
template <auto... Values>
constexpr std::string_view enumerator_signature() {
    return __PRETTY_FUNCTION__;
}
template <class E, std::size_t... I>
constexpr std::string_view enumerator_signature(std::index_sequence<I...>) {
    return enumerator_signature<static_cast<E>(I)...>();
}

struct enum_names {
    std::string type;                 // "Item::rarity"
    std::vector<std::string> names;   // by number; "" for a number that has none
    std::vector<std::string> listed;  // those that there are

    /// Throws croft::error for a number without a name.
    const std::string& at(std::int64_t number) const;
    std::optional<std::int64_t> find(std::string_view name) const noexcept;
};
enum_names split_enumerators(std::string_view signature);

template <class E>
const enum_names& names_of() {
    static const enum_names names =
        split_enumerators(enumerator_signature<E>(std::make_index_sequence<most_enumerators>{}));
    return names;
}

template <class T>
concept storable_enum = std::is_scoped_enum_v<T>;

}  // namespace detail

/// Throws croft::error for a number that is no enumerator.
template <detail::storable_enum E>
std::string_view enum_name(E value) {
    return detail::names_of<E>().at(static_cast<std::int64_t>(value));
}
template <detail::storable_enum E>
std::optional<E> enum_from(std::string_view name) {
    const auto number = detail::names_of<E>().find(name);
    return number ? std::optional(static_cast<E>(*number)) : std::nullopt;
}

}  // namespace croft
