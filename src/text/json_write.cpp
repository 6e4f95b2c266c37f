#include "text/json_write.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "text/utf8.hpp"

namespace croft::text {
namespace {

enum class byte_class : unsigned char { plain, escape, wide };

constexpr auto byte_classes = [] {
    std::array<byte_class, 256> classes{};
    for (std::size_t byte = 0; byte < 256; ++byte) {
        if (byte < 0x20 || byte == '"' || byte == '\\') classes[byte] = byte_class::escape;
        if (byte >= 0x80) classes[byte] = byte_class::wide;
    }
    return classes;
}();

byte_class class_of(char byte) { return byte_classes[static_cast<unsigned char>(byte)]; }

void append_escape(std::string& out, char byte) {
    switch (byte) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        case '\b':
            out += "\\b";
            return;
        case '\f':
            out += "\\f";
            return;
        default:
            break;
    }
    constexpr char digits[] = "0123456789abcdef";
    const auto code = static_cast<unsigned char>(byte);
    const char escape[] = {'\\', 'u', '0', '0', digits[code >> 4], digits[code & 15]};
    out.append(escape, sizeof escape);
}

// Bytes from `place` on that can be copied as they are.
std::size_t plain_run(std::string_view text, std::size_t place) {
    auto end = place;
    while (end < text.size()) {
        if (class_of(text[end]) == byte_class::plain) {
            ++end;
        } else if (class_of(text[end]) == byte_class::wide) {
            const auto length = utf8_length(text.substr(end));
            if (length == 0) break;
            end += length;
        } else {
            break;
        }
    }
    return end - place;
}

void append_line(std::string& out, unsigned indent, std::size_t level) {
    if (indent == 0) return;
    out.push_back('\n');
    out.append(indent * level, ' ');
}

// Depth is bounded by what try_parse lets in, or by the program that built the value.
void append_value(std::string& out, const json& value, unsigned indent, std::size_t level);

void append_array(std::string& out, const json_array& array, unsigned indent, std::size_t level) {
    out.push_back('[');
    bool first = true;
    for (const auto& element : array) {
        if (!std::exchange(first, false)) out.push_back(',');
        append_line(out, indent, level + 1);
        append_value(out, element, indent, level + 1);
    }
    if (!array.empty()) append_line(out, indent, level);
    out.push_back(']');
}

void append_object(std::string& out, const json_object& object, unsigned indent, std::size_t level) {
    out.push_back('{');
    bool first = true;
    for (const auto& [key, value] : object) {
        if (!std::exchange(first, false)) out.push_back(',');
        append_line(out, indent, level + 1);
        append_json_string(out, key);
        out += indent ? ": " : ":";
        append_value(out, value, indent, level + 1);
    }
    if (!object.empty()) append_line(out, indent, level);
    out.push_back('}');
}

void append_value(std::string& out, const json& value, unsigned indent, std::size_t level) {
    switch (value.kind()) {
        case json::kind_type::null:
            out += "null";
            return;
        case json::kind_type::boolean:
            out += value.boolean() ? "true" : "false";
            return;
        case json::kind_type::integer:
            return append_json_integer(out, value.integer());
        case json::kind_type::number:
            return append_json_number(out, value.number());
        case json::kind_type::string:
            return append_json_string(out, value.text());
        case json::kind_type::array:
            return append_array(out, value.array(), indent, level);
        case json::kind_type::object:
            return append_object(out, value.object(), indent, level);
    }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    out.push_back('"');
    for (std::size_t place = 0; place < text.size();) {
        const auto run = plain_run(text, place);
        out.append(text.data() + place, run);
        place += run;
        if (place == text.size()) break;
        if (class_of(text[place]) == byte_class::escape) {
            append_escape(out, text[place]);
        } else {
            append_utf8(out, 0xFFFD);
        }
        ++place;
    }
    out.push_back('"');
}

void append_json_number(std::string& out, double number) {
    if (!std::isfinite(number)) {
        out += "null";
        return;
    }
    char digits[32];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

void append_json_integer(std::string& out, std::int64_t integer) {
    char digits[24];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, integer).ptr);
}

void append_json(std::string& out, const json& value, unsigned indent) { append_value(out, value, indent, 0); }

}  // namespace croft::text
