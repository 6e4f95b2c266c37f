// JSON values: read an API's answer, build one of your own. RFC 8259; object members keep their source order.
//
//     auto page = croft::json::parse(R"({"items": [{"id": 1, "name": "Hoe"}]})", "items.json");
//     for (auto& item : page["items"].array()) std::puts(item["name"].text().c_str());
//     auto answer = croft::json::object({{"ok", true}, {"ids", croft::json::array({1, 2})}}).dump();
//
// Asking for what isn't there throws a json_error that says what was found instead; `find`, `at_path` and `value_or`
// don't throw for what is absent. A json is a plain value: copies are deep, moves cheap, const access from several
// threads is fine.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "croft/error.hpp"

namespace croft {

class json;
struct json_member;
using json_array = std::vector<json>;

/// A json was asked for something that it isn't or doesn't hold.
class json_error : public error {
public:
    using error::error;
};

/// The members of an object in the order they came. Looking one up costs a few comparisons (linear up to 16 members,
/// then by a sorted index).
class json_object {
public:
    json_object() noexcept;
    json_object(const json_object&);
    json_object(json_object&&) noexcept;
    json_object& operator=(const json_object&);
    json_object& operator=(json_object&&) noexcept;
    ~json_object();
    /// Of members with the same key the last one's value wins, at the first one's place.
    explicit json_object(std::vector<json_member> members);

    std::vector<json_member>::const_iterator begin() const noexcept;
    std::vector<json_member>::const_iterator end() const noexcept;
    std::size_t size() const noexcept;
    bool empty() const noexcept { return size() == 0; }

    /// nullptr when there is no such key. Valid until a member is added or erased.
    const json* find(std::string_view key) const noexcept;
    json* find(std::string_view key) noexcept;
    bool contains(std::string_view key) const noexcept { return find(key) != nullptr; }
    /// Adds the member, or replaces its value.
    json& set(std::string key, json value);
    /// True if there was one.
    bool erase(std::string_view key);

private:
    std::size_t place_of(std::string_view key) const noexcept;  // size() when there is none
    void drop_duplicates();
    void index();

    std::vector<json_member> members_;
    std::vector<std::uint32_t> by_key_;  // places in key order; only for large objects
};

/// What json::try_parse refuses to exceed.
struct json_limits {
    std::size_t bytes = std::size_t{64} << 20;
    /// Nested arrays and objects; more than 1,000 are never accepted.
    std::size_t depth = 128;
};

class json {
public:
    enum class kind_type { null, boolean, integer, number, string, array, object };

    /// Parses one JSON text (UTF-8; a byte order mark is skipped). Integers that fit std::int64_t stay exact, larger
    /// ones become the nearest double; a number too large for a double is refused, as is invalid UTF-8 or a lone
    /// surrogate. Of duplicate keys the last wins, as in JavaScript.
    static parsed<json> try_parse(std::string_view text, const json_limits& limits = {});
    /// The same; throws parse_error that names `source`: a file, a URL.
    static json parse(std::string_view text, std::string_view source = "JSON", const json_limits& limits = {});

    json() noexcept;
    json(std::nullptr_t) noexcept;
    json(const json&);
    json(json&&) noexcept;
    json& operator=(const json&);
    json& operator=(json&&) noexcept;
    ~json();
    template <std::same_as<bool> Bool>
    json(Bool value) noexcept : json(as_is{}, value) {}
    /// An unsigned value beyond std::int64_t becomes a double, as when parsed.
    template <std::integral Integer>
        requires(!std::same_as<Integer, bool> && !std::same_as<Integer, char>)
    json(Integer value) noexcept
        : json(as_is{}, std::conditional_t<std::is_signed_v<Integer>, std::int64_t, std::uint64_t>(value)) {}
    template <std::floating_point Float>
    json(Float value) noexcept : json(as_is{}, static_cast<double>(value)) {}
    template <class Text>
        requires(std::convertible_to<const Text&, std::string_view> && !std::same_as<std::remove_cvref_t<Text>, json> &&
                 !std::same_as<std::remove_cvref_t<Text>, std::nullptr_t>)
    json(const Text& text) : json(std::string(std::string_view(text))) {}
    json(std::string&& text) noexcept;
    /// A vector becomes an array; of json itself it is moved in.
    template <class Element>
        requires(!std::same_as<Element, json> && std::constructible_from<json, const Element&>)
    json(const std::vector<Element>& elements) : json(json_array(elements.begin(), elements.end())) {}
    template <std::same_as<json_array> Array>
    json(Array elements) noexcept : json(as_is{}, std::move(elements)) {}
    template <std::same_as<json_object> Object>
    json(Object object) noexcept : json(as_is{}, std::move(object)) {}
    /// An empty optional becomes null.
    template <class Value>
        requires(std::constructible_from<json, const Value&>)
    json(const std::optional<Value>& value) {
        if (value) *this = json(*value);
    }
    template <class Pointed>
        requires(!std::convertible_to<Pointed*, std::string_view>)
    json(Pointed*) = delete;  // a pointer would silently become true

    /// json::object({{"id", 1}, {"tags", json::array({"a", "b"})}}); json::object({}) is the empty one.
    static json object(std::initializer_list<json_member> members);
    static json array(std::initializer_list<json> elements);

    kind_type kind() const noexcept { return static_cast<kind_type>(value_.index()); }
    bool is_null() const noexcept { return kind() == kind_type::null; }
    bool is_boolean() const noexcept { return kind() == kind_type::boolean; }
    bool is_integer() const noexcept { return kind() == kind_type::integer; }
    /// An integer is a number too.
    bool is_number() const noexcept { return is_integer() || kind() == kind_type::number; }
    bool is_string() const noexcept { return kind() == kind_type::string; }
    bool is_array() const noexcept { return kind() == kind_type::array; }
    bool is_object() const noexcept { return kind() == kind_type::object; }

    // Typed reading; each throws json_error "expected an integer, found the string "abc"". On a temporary json the
    // content is moved out, so that `for (auto& row : answer.json().array())` is safe.
    bool boolean() const;
    /// Also of a number without a fraction (some writers print 3 as 3.0).
    std::int64_t integer() const;
    double number() const;
    const std::string& text() const&;
    std::string text() &&;
    const json_array& array() const&;
    json_array& array() &;
    json_array array() &&;
    const json_object& object() const&;
    json_object& object() &;
    json_object object() &&;
    /// bool, any integer type (range checked), floating, std::string, json, or std::optional of these (null is empty).
    template <class T>
    T as() const;

    /// The member of that name; throws json_error that names the key and a few that there are. Never inserts.
    const json& operator[](std::string_view key) const&;
    json& operator[](std::string_view key) &;
    json operator[](std::string_view key) &&;
    /// The element at that place, from 0; throws json_error past the end.
    const json& operator[](std::size_t place) const&;
    json& operator[](std::size_t place) &;
    json operator[](std::size_t place) &&;

    /// nullptr when there is no such member, or this is no object.
    const json* find(std::string_view key) const& noexcept;
    const json* find(std::string_view key) const&& = delete;  // would point into a temporary
    /// Down through objects and arrays: "drops.0.name". nullptr when a step isn't there. Keys with dots can't be named.
    const json* at_path(std::string_view path) const& noexcept;
    const json* at_path(std::string_view path) const&& = delete;
    /// The member's value, or `fallback` when it is absent or null; throws json_error when it is of another type.
    template <class T>
    T value_or(std::string_view key, T fallback) const;
    std::string value_or(std::string_view key, const char* fallback) const;

    /// Elements of an array, members of an object; throws json_error for other kinds.
    std::size_t size() const;
    /// Adds or replaces a member; null becomes an object first.
    json& set(std::string key, json value);
    /// Appends an element; null becomes an array first.
    json& push_back(json value);

    /// Compact JSON text, always valid: bytes that aren't UTF-8 come out as U+FFFD, NaN and infinities as null.
    std::string dump() const;
    /// With line breaks, `indent` spaces a level.
    std::string dump(unsigned indent) const;

    /// Numbers compare by value (1 == 1.0), objects regardless of order.
    friend bool operator==(const json& a, const json& b) noexcept;

private:
    // Compiled once, as are the special members: a file that uses json doesn't pay for its variant.
    struct as_is {};
    json(as_is, bool) noexcept;
    json(as_is, std::int64_t) noexcept;
    json(as_is, std::uint64_t) noexcept;
    json(as_is, double) noexcept;
    json(as_is, json_array&&) noexcept;
    json(as_is, json_object&&) noexcept;

    [[noreturn]] void mismatch(const char* expected) const;
    [[noreturn]] void out_of_range(const char* type) const;

    std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, json_array, json_object> value_;
};

struct json_member {
    std::string key;
    json value;
    friend bool operator==(const json_member&, const json_member&) = default;
};

namespace detail {
template <class T>
struct optional_content {};
template <class T>
struct optional_content<std::optional<T>> {
    using type = T;
};
}  // namespace detail

template <class T>
T json::as() const {
    if constexpr (requires { typename detail::optional_content<T>::type; }) {
        if (is_null()) return std::nullopt;
        return as<typename detail::optional_content<T>::type>();
    } else if constexpr (std::same_as<T, json>) {
        return *this;
    } else if constexpr (std::same_as<T, bool>) {
        return boolean();
    } else if constexpr (std::integral<T>) {
        const auto whole = integer();
        if (!std::in_range<T>(whole)) out_of_range(std::is_signed_v<T> ? "signed" : "unsigned");
        return static_cast<T>(whole);
    } else if constexpr (std::floating_point<T>) {
        return static_cast<T>(number());
    } else {
        static_assert(std::same_as<T, std::string>,
                      "json::as: use bool, an integer, a floating type, std::string, json");
        return text();
    }
}

template <class T>
T json::value_or(std::string_view key, T fallback) const {
    const json* member = find(key);
    return member && !member->is_null() ? member->as<T>() : std::move(fallback);
}

}  // namespace croft
