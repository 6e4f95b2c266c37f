// A value of a database column or a model field whose type is known at run time only. The typed front (models, queries)
// turns into these, and everything behind it (SQL, history, GraphQL, admin) works on them.
#pragma once

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "croft/decimal.hpp"
#include "croft/time.hpp"
#include "croft/uuid.hpp"

namespace croft {

using bytes = std::vector<std::byte>;

/// A JSON value as compact text, where it must not be taken for a plain text.
struct json_text {
    std::string text;
    friend bool operator==(const json_text&, const json_text&) = default;
    friend auto operator<=>(const json_text&, const json_text&) = default;
};

/// null, bool, integer, real, text, bytes, a time, a date, a duration, a decimal, a UUID or JSON. An enum is the text
/// of its name. Drivers know the alternatives by their order: new ones go to the end.
using value_variant = std::variant<std::monostate, bool, std::int64_t, double, std::string, bytes, time_point, date,
                                   duration, decimal_value, uuid, json_text>;

/// Such a variant (std::get, std::get_if, std::visit and index() take it as one) that is copied, moved and compared by
/// compiled code: a user's file that only passes values on doesn't pay for the instantiations.
class value : public value_variant {
public:
    value() noexcept;
    value(const value& other);
    value(value&& other) noexcept;
    value& operator=(const value& other);
    value& operator=(value&& other) noexcept;
    ~value();

    value(std::monostate) noexcept : value() {}
    template <std::same_as<bool> Bool>
    value(Bool of) noexcept : value(boolean{of}) {}
    template <std::integral Integer>
        requires(!std::same_as<Integer, bool> && (sizeof(Integer) < 8 || std::signed_integral<Integer>))
    value(Integer of) noexcept : value(integer{of}) {}
    value(double of) noexcept;
    value(std::string of) noexcept;
    value(const char* of);
    value(bytes of) noexcept;
    value(time_point of) noexcept;
    value(date of) noexcept;
    value(duration of) noexcept;
    value(decimal_value of) noexcept;
    value(const uuid& of) noexcept;
    value(json_text of) noexcept;

    friend bool operator==(const value& a, const value& b);
    friend std::partial_ordering operator<=>(const value& a, const value& b);

private:
    struct boolean {
        bool of;
    };
    struct integer {
        std::int64_t of;
    };
    explicit value(boolean of) noexcept;
    explicit value(integer of) noexcept;
};

inline bool is_null(const value& v) noexcept { return v.index() == 0; }

}  // namespace croft
