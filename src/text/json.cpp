#include "croft/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "text/json_write.hpp"

namespace croft {
namespace {

constexpr std::size_t shown_text = 40;
constexpr std::size_t shown_keys = 5;

std::string quoted(std::string_view text) {
    std::string out;
    if (text.size() <= shown_text) {
        text::append_json_string(out, text);
    } else {
        auto cut = shown_text;
        while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;  // not amid a character
        text::append_json_string(out, text.substr(0, cut));
        out += "…";
    }
    return out;
}

// "the string "abc"", "an array of 3"
std::string described(const json& value) {
    switch (value.kind()) {
        case json::kind_type::null:
            return "null";
        case json::kind_type::boolean:
            return value.boolean() ? "true" : "false";
        case json::kind_type::integer:
            return fmt::format("the integer {}", value.integer());
        case json::kind_type::number:
            return "the number " + value.dump();
        case json::kind_type::string:
            return "the string " + quoted(value.text());
        case json::kind_type::array:
            return fmt::format("an array of {}", value.size());
        case json::kind_type::object:
            return fmt::format("an object of {}", value.size());
    }
    return {};
}

[[noreturn]] void no_such_key(std::string_view key, const json& where) {
    if (!where.is_object()) {
        throw json_error(fmt::format("no key {}: expected an object, found {}", quoted(key), described(where)));
    }
    std::string keys;
    std::size_t shown = 0;
    for (const auto& member : where.object()) {
        if (shown == shown_keys) break;
        keys += (shown++ ? ", " : "") + quoted(member.key);
    }
    if (where.size() > shown) keys += fmt::format(" and {} more", where.size() - shown);
    throw json_error(fmt::format("no key {}: the object {}", quoted(key), shown ? "has " + keys : "is empty"));
}

[[noreturn]] void no_such_place(std::size_t place, const json& where) {
    throw json_error(where.is_array()
                         ? fmt::format("no element {}: the array has {}", place, where.size())
                         : fmt::format("no element {}: expected an array, found {}", place, described(where)));
}

const json* step(const json& from, std::string_view name) noexcept {
    if (!from.is_array()) return from.find(name);
    std::size_t place = 0;
    const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), place);
    const bool whole = failure == std::errc{} && end == name.data() + name.size();
    return whole && place < from.array().size() ? &from.array()[place] : nullptr;
}

bool same_members(const json_object& a, const json_object& b) noexcept {
    return a.size() == b.size() && std::all_of(a.begin(), a.end(), [&](const json_member& member) {
               const auto* other = b.find(member.key);
               return other && *other == member.value;
           });
}

}  // namespace

json::json() noexcept = default;
json::json(std::nullptr_t) noexcept {}
json::json(const json&) = default;
json::json(json&&) noexcept = default;
json& json::operator=(const json&) = default;
json& json::operator=(json&&) noexcept = default;
json::~json() = default;
json::json(std::string&& text) noexcept : value_(std::move(text)) {}
json::json(as_is, bool flag) noexcept : value_(flag) {}
json::json(as_is, std::int64_t whole) noexcept : value_(whole) {}
json::json(as_is, std::uint64_t whole) noexcept {
    if (std::in_range<std::int64_t>(whole))
        value_ = static_cast<std::int64_t>(whole);
    else
        value_ = static_cast<double>(whole);
}
json::json(as_is, double number) noexcept : value_(number) {}
json::json(as_is, json_array&& elements) noexcept : value_(std::move(elements)) {}
json::json(as_is, json_object&& members) noexcept : value_(std::move(members)) {}

void json::mismatch(const char* expected) const {
    throw json_error(fmt::format("expected {}, found {}", expected, described(*this)));
}

void json::out_of_range(const char* type) const {
    throw json_error(fmt::format("{} doesn't fit the {} integer type asked for", dump(), type));
}

json json::object(std::initializer_list<json_member> members) {
    return json(json_object(std::vector<json_member>(members)));
}

json json::array(std::initializer_list<json> elements) { return json(json_array(elements)); }

bool json::boolean() const {
    if (const auto* value = std::get_if<bool>(&value_)) return *value;
    mismatch("true or false");
}

std::int64_t json::integer() const {
    if (const auto* value = std::get_if<std::int64_t>(&value_)) return *value;
    constexpr double limit = 9223372036854775808.0;  // 2^63
    if (const auto* value = std::get_if<double>(&value_)) {
        if (*value >= -limit && *value < limit && std::trunc(*value) == *value)
            return static_cast<std::int64_t>(*value);
    }
    mismatch("an integer");
}

double json::number() const {
    if (const auto* value = std::get_if<double>(&value_)) return *value;
    if (const auto* value = std::get_if<std::int64_t>(&value_)) return static_cast<double>(*value);
    mismatch("a number");
}

const std::string& json::text() const& {
    if (const auto* value = std::get_if<std::string>(&value_)) return *value;
    mismatch("a string");
}

const json_array& json::array() const& {
    if (const auto* value = std::get_if<json_array>(&value_)) return *value;
    mismatch("an array");
}

const json_object& json::object() const& {
    if (const auto* value = std::get_if<json_object>(&value_)) return *value;
    mismatch("an object");
}

// The forms for a mutable and for a temporary json follow from the const ones.
std::string json::text() && { return std::move(const_cast<std::string&>(std::as_const(*this).text())); }
json_array& json::array() & { return const_cast<json_array&>(std::as_const(*this).array()); }
json_array json::array() && { return std::move(const_cast<json_array&>(std::as_const(*this).array())); }
json_object& json::object() & { return const_cast<json_object&>(std::as_const(*this).object()); }
json_object json::object() && { return std::move(const_cast<json_object&>(std::as_const(*this).object())); }

const json& json::operator[](std::string_view key) const& {
    if (const auto* member = find(key)) return *member;
    no_such_key(key, *this);
}

const json& json::operator[](std::size_t place) const& {
    const auto* elements = std::get_if<json_array>(&value_);
    if (!elements || place >= elements->size()) no_such_place(place, *this);
    return (*elements)[place];
}

json& json::operator[](std::string_view key) & { return const_cast<json&>(std::as_const(*this)[key]); }
json json::operator[](std::string_view key) && { return std::move(const_cast<json&>(std::as_const(*this)[key])); }
json& json::operator[](std::size_t place) & { return const_cast<json&>(std::as_const(*this)[place]); }
json json::operator[](std::size_t place) && { return std::move(const_cast<json&>(std::as_const(*this)[place])); }

const json* json::find(std::string_view key) const& noexcept {
    const auto* members = std::get_if<json_object>(&value_);
    return members ? members->find(key) : nullptr;
}

const json* json::at_path(std::string_view path) const& noexcept {
    const json* here = this;
    while (here && !path.empty()) {
        const auto dot = path.find('.');
        here = step(*here, path.substr(0, dot));
        path.remove_prefix(dot == path.npos ? path.size() : dot + 1);
    }
    return here;
}

std::string json::value_or(std::string_view key, const char* fallback) const {
    return value_or(key, std::string(fallback));
}

std::size_t json::size() const {
    if (const auto* elements = std::get_if<json_array>(&value_)) return elements->size();
    if (const auto* members = std::get_if<json_object>(&value_)) return members->size();
    mismatch("an array or an object");
}

json& json::set(std::string key, json value) {
    if (is_null()) value_ = json_object();
    object().set(std::move(key), std::move(value));
    return *this;
}

json& json::push_back(json value) {
    if (is_null()) value_ = json_array();
    array().push_back(std::move(value));
    return *this;
}

std::string json::dump() const { return dump(0); }

std::string json::dump(unsigned indent) const {
    std::string out;
    text::append_json(out, *this, indent);
    return out;
}

bool operator==(const json& a, const json& b) noexcept {
    if (a.is_integer() != b.is_integer() && a.is_number() && b.is_number()) {
        const double value = a.is_integer() ? std::get<double>(b.value_) : std::get<double>(a.value_);
        const auto whole = a.is_integer() ? std::get<std::int64_t>(a.value_) : std::get<std::int64_t>(b.value_);
        // Back to an integer where that is defined: a double can't tell 2^53 from 2^53 + 1.
        return static_cast<double>(whole) == value && value < 9223372036854775808.0 &&
               static_cast<std::int64_t>(value) == whole;
    }
    if (a.is_object() && b.is_object())
        return same_members(std::get<json_object>(a.value_), std::get<json_object>(b.value_));
    if (a.kind() != b.kind()) return false;
    switch (a.kind()) {
        case json::kind_type::null:
            return true;
        case json::kind_type::boolean:
            return std::get<bool>(a.value_) == std::get<bool>(b.value_);
        case json::kind_type::integer:
            return std::get<std::int64_t>(a.value_) == std::get<std::int64_t>(b.value_);
        case json::kind_type::number:
            return std::get<double>(a.value_) == std::get<double>(b.value_);
        case json::kind_type::string:
            return std::get<std::string>(a.value_) == std::get<std::string>(b.value_);
        default:
            return std::get<json_array>(a.value_) == std::get<json_array>(b.value_);
    }
}

}  // namespace croft
