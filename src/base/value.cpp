#include "croft/value.hpp"

#include <utility>

namespace croft {

value::value() noexcept = default;
value::value(const value& other) = default;
value::value(value&& other) noexcept = default;
value& value::operator=(const value& other) = default;
value& value::operator=(value&& other) noexcept = default;
value::~value() = default;

value::value(boolean of) noexcept : value_variant(of.of) {}
value::value(integer of) noexcept : value_variant(of.of) {}
value::value(double of) noexcept : value_variant(of) {}
value::value(std::string of) noexcept : value_variant(std::move(of)) {}
value::value(const char* of) : value_variant(std::string(of)) {}
value::value(bytes of) noexcept : value_variant(std::move(of)) {}
value::value(time_point of) noexcept : value_variant(of) {}
value::value(date of) noexcept : value_variant(of) {}
value::value(duration of) noexcept : value_variant(of) {}
value::value(decimal_value of) noexcept : value_variant(of) {}
value::value(const uuid& of) noexcept : value_variant(of) {}
value::value(json_text of) noexcept : value_variant(std::move(of)) {}

bool operator==(const value& a, const value& b) {
    return static_cast<const value_variant&>(a) == static_cast<const value_variant&>(b);
}
std::partial_ordering operator<=>(const value& a, const value& b) {
    return static_cast<const value_variant&>(a) <=> static_cast<const value_variant&>(b);
}

}  // namespace croft
