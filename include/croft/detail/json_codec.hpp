// Plain structs to JSON and back, for what is kept between processes: a job's arguments, a step's result.
//
// Understands bool, numbers, enums (as numbers), std::string, croft::time_point, croft::duration (microseconds), json,
// std::optional, std::vector, std::map with text keys, and aggregates of these. Reading is tolerant, as rows outlive
// code: a member that isn't there keeps its initialiser, one that is unknown is ignored; one of another type throws
// json_error that names the way to it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "croft/detail/members.hpp"
#include "croft/json.hpp"
#include "croft/time.hpp"

namespace croft {

/// The members' names, out of member_signature().
std::vector<std::string> member_names(std::string_view signature);

}  // namespace croft

namespace croft::detail {

json time_to_json(time_point t);
time_point time_from_json(const json& from);
[[noreturn]] void failed_within(const std::string& member);  // called while an exception is handled

template <class T>
inline constexpr bool not_kept_as_json = false;
template <class T>
inline constexpr bool is_optional_json = false;
template <class T>
inline constexpr bool is_optional_json<std::optional<T>> = true;
template <class T>
inline constexpr bool is_vector = false;
template <class T, class A>
inline constexpr bool is_vector<std::vector<T, A>> = true;
template <class T>
inline constexpr bool is_text_map = false;
template <class T, class C, class A>
inline constexpr bool is_text_map<std::map<std::string, T, C, A>> = true;

template <class T>
const std::vector<std::string>& names_of_members() {
    static const auto names = croft::member_names(member_signature<T>());
    return names;
}

template <class T>
json to_json(const T& from) {
    if constexpr (std::is_same_v<T, time_point>) {
        return time_to_json(from);
    } else if constexpr (std::is_same_v<T, duration>) {
        return from.count();
    } else if constexpr (std::is_enum_v<T>) {
        return static_cast<std::underlying_type_t<T>>(from);
    } else if constexpr (is_optional_json<T>) {
        return from ? detail::to_json(*from) : json();
    } else if constexpr (is_vector<T>) {
        json_array all;
        for (const auto& one : from) all.push_back(detail::to_json<typename T::value_type>(one));
        return all;
    } else if constexpr (is_text_map<T>) {
        json all = json::object({});
        for (const auto& [key, one] : from) all.set(key, detail::to_json(one));
        return all;
    } else if constexpr (std::is_constructible_v<json, const T&>) {
        return json(from);
    } else if constexpr (std::is_empty_v<T>) {
        return json::object({});
    } else {
        static_assert(
            std::is_aggregate_v<T>,
            "what is kept as JSON must be bool, a number, an enum, std::string, croft::time_point, "
            "croft::duration, croft::json, or an optional, a vector, a map by text or a plain struct of these");
        json all = json::object({});
        visit_members(from, [&](const auto&... member) {
            std::size_t place = 0;
            (all.set(names_of_members<T>()[place++], detail::to_json(member)), ...);
        });
        return all;
    }
}

template <class T>
void from_json(const json& from, T& into);

template <class M>
void member_from_json(const json& from, const std::string& name, M& into) {
    const json* found = from.find(name);
    if (!found) return;
    try {
        detail::from_json(*found, into);
    } catch (const json_error&) {
        failed_within(name);
    }
}

template <class T>
void from_json(const json& from, T& into) {
    if constexpr (std::is_same_v<T, time_point>) {
        into = time_from_json(from);
    } else if constexpr (std::is_same_v<T, duration>) {
        into = duration(from.integer());
    } else if constexpr (std::is_enum_v<T>) {
        into = static_cast<T>(from.as<std::underlying_type_t<T>>());
    } else if constexpr (is_optional_json<T>) {
        if (from.is_null())
            into.reset();
        else
            detail::from_json(from, into.emplace());
    } else if constexpr (is_vector<T>) {
        into.clear();
        for (const auto& one : from.array()) {
            typename T::value_type element{};
            detail::from_json(one, element);
            into.push_back(std::move(element));
        }
    } else if constexpr (is_text_map<T>) {
        into.clear();
        for (const auto& [key, one] : from.object()) detail::from_json(one, into[key]);
    } else if constexpr (std::is_same_v<T, json> || std::is_same_v<T, std::string> || std::is_arithmetic_v<T>) {
        into = from.as<T>();
    } else if constexpr (!std::is_empty_v<T>) {
        from.object();
        visit_members(into, [&](auto&... member) {
            std::size_t place = 0;
            (member_from_json(from, names_of_members<T>()[place++], member), ...);
        });
    }
}

template <class T>
T value_from_json(const json& from) {
    T made{};
    detail::from_json(from, made);
    return made;
}

}  // namespace croft::detail
