// A use of a type: `[Item!]!` is the named type Item and what is wrapped around it. A small value: copy and compare it.
//
//     if (field.type.is_non_null()) …
//     for (type at = field.type; at.is_wrapped(); at = at.inner()) …
#pragma once

#include <cstdint>
#include <string>

namespace croft::graphql {

struct named_type;

class type {
public:
    /// More wrappers than this are refused when a schema is linked.
    static constexpr int max_wrappers = 32;

    type() = default;
    explicit type(const named_type& named) : named_(&named) {}

    const named_type& named() const { return *named_; }
    explicit operator bool() const { return named_ != nullptr; }

    bool is_non_null() const { return (wrappers_ & 3) == non_null_bits; }
    bool is_list() const { return (wrappers_ & 3) == list_bits; }
    bool is_wrapped() const { return wrappers_ != 0; }
    /// What is inside of the outermost wrapper.
    type inner() const { return {named_, wrappers_ >> 2}; }
    /// Without the outermost `!`, if there is one.
    type nullable() const { return is_non_null() ? inner() : *this; }
    type list_of() const { return {named_, wrappers_ << 2 | list_bits}; }
    type non_null() const { return is_non_null() ? *this : type{named_, wrappers_ << 2 | non_null_bits}; }
    bool full() const { return wrappers_ >> (2 * (max_wrappers - 1)) != 0; }

    bool operator==(const type&) const = default;

private:
    static constexpr std::uint64_t list_bits = 1, non_null_bits = 2;
    type(const named_type* named, std::uint64_t wrappers) : named_(named), wrappers_(wrappers) {}

    const named_type* named_ = nullptr;
    std::uint64_t wrappers_ = 0;  // two bits each, the outermost lowest
};

/// `[Item!]!`
std::string to_string(const type& type);

}  // namespace croft::graphql
