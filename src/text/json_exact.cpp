#include "text/json_exact.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "text/location.hpp"
#include "text/utf8.hpp"

namespace croft::text {
namespace {

struct stop {
    std::size_t place;
    std::string message;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Throws `stop` inside this file only: a dozen levels of "if (!ok) return" would hide the grammar. Recursion is bounded
// by depth_left_.
class reader {
public:
    reader(std::string_view text, std::size_t depth) : text_(text), depth_left_(depth) {}

    json document() {
        json value = read_value();
        skip_space();
        if (place_ < text_.size()) fail("text after the end of the JSON value");
        return value;
    }

private:
    [[noreturn]] void fail(std::string message) const { throw stop{place_, std::move(message)}; }
    [[noreturn]] void fail_expecting(std::string_view what) const {
        if (place_ >= text_.size()) fail(fmt::format("expected {}, found the end of the text", what));
        const auto length = utf8_length(text_.substr(place_));
        if (length == 0) fail(fmt::format("invalid UTF-8: byte 0x{:02X}", static_cast<unsigned char>(text_[place_])));
        if (static_cast<unsigned char>(text_[place_]) < 0x20) {
            fail(fmt::format("expected {}, found the control character 0x{:02X}", what, int{text_[place_]}));
        }
        fail(fmt::format("expected {}, found '{}'", what, text_.substr(place_, length)));
    }

    char peek() const { return place_ < text_.size() ? text_[place_] : '\0'; }
    bool take(char c) { return peek() == c && place_ < text_.size() && ++place_; }
    void skip_space() {
        while (place_ < text_.size() && std::string_view(" \t\r\n").contains(text_[place_])) ++place_;
    }

    json read_value() {
        skip_space();
        switch (peek()) {
            case '{':
                return read_object();
            case '[':
                return read_array();
            case '"':
                return read_string();
            case 't':
                return read_word("true", true);
            case 'f':
                return read_word("false", false);
            case 'n':
                return read_word("null", nullptr);
            default:
                break;
        }
        if (is_digit(peek()) || peek() == '-') return read_number();
        fail_expecting("a value");
    }

    json read_word(std::string_view word, json value) {
        if (!text_.substr(place_).starts_with(word)) fail(fmt::format("expected a value; is '{}' meant?", word));
        place_ += word.size();
        return value;
    }

    void enter() {
        if (depth_left_ == 0) fail("nested too deeply");
        --depth_left_;
        ++place_;
    }

    json read_array() {
        enter();
        json_array elements;
        skip_space();
        if (!take(']')) {
            do elements.push_back(read_value());
            while (another(']', "',' or ']'"));
        }
        ++depth_left_;
        return elements;
    }

    json read_object() {
        enter();
        std::vector<json_member> members;
        skip_space();
        if (!take('}')) {
            do members.push_back(read_member());
            while (another('}', "',' or '}'"));
        }
        ++depth_left_;
        return json_object(std::move(members));
    }

    json_member read_member() {
        skip_space();
        if (peek() != '"') fail_expecting("a key in double quotes");
        auto key = read_string();
        skip_space();
        if (!take(':')) fail_expecting("':'");
        return {std::move(key), read_value()};
    }

    bool another(char close, std::string_view expected) {
        skip_space();
        if (take(',')) return true;
        if (take(close)) return false;
        fail_expecting(expected);
    }

    json read_number() {
        const auto start = place_;
        bool whole = true;
        take('-');
        if (!take('0')) read_digits();
        if (is_digit(peek())) fail("a number can't start with 0");
        if (take('.')) whole = false, read_digits();
        if (take('e') || take('E')) {
            whole = false;
            if (!take('+')) take('-');
            read_digits();
        }
        return number_of(text_.substr(start, place_ - start), whole, start);
    }

    void read_digits() {
        if (!is_digit(peek())) fail_expecting("a digit");
        while (is_digit(peek())) ++place_;
    }

    static json number_of(std::string_view digits, bool whole, std::size_t start) {
        const char* end = digits.data() + digits.size();
        std::int64_t integer = 0;
        if (whole && std::from_chars(digits.data(), end, integer).ec == std::errc{}) return integer;
        double number = 0;
        if (std::from_chars(digits.data(), end, number).ec == std::errc{}) return number;
        if (order_of(digits) > 0) throw stop{start, "a number too large for a double"};
        return digits[0] == '-' ? -0.0 : 0.0;
    }

    // Roughly the decimal exponent, for numbers that no double holds: from_chars reports too large and too small alike.
    static std::int64_t order_of(std::string_view digits) {
        const auto e = digits.find_first_of("eE");
        const auto mantissa = digits.substr(0, e);
        const auto point = std::min(mantissa.find('.'), mantissa.size());
        const auto leading = mantissa.find_first_of("123456789");
        std::int64_t exponent = 0;
        if (e != digits.npos) {
            const auto text = digits.substr(e + (digits[e + 1] == '+' ? 2 : 1));
            const auto failure = std::from_chars(text.data(), text.data() + text.size(), exponent).ec;
            constexpr std::int64_t huge = std::int64_t{1} << 40;
            if (failure != std::errc{}) exponent = text[0] == '-' ? -huge : huge;
        }
        if (leading == mantissa.npos) return -1;  // zero
        return exponent + static_cast<std::int64_t>(point) - static_cast<std::int64_t>(leading);
    }

    std::string read_string() {
        ++place_;
        std::string out;
        for (;;) {
            const auto start = place_;
            while (place_ < text_.size() && plain(text_[place_])) ++place_;
            out.append(text_.substr(start, place_ - start));
            if (take('"')) return out;
            if (take('\\')) {
                read_escape(out);
            } else if (place_ >= text_.size()) {
                fail("a string that doesn't end");
            } else {
                read_wide(out);
            }
        }
    }

    static bool plain(char c) {
        return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\' && (c & 0x80) == 0;
    }

    void read_wide(std::string& out) {
        if (static_cast<unsigned char>(peek()) < 0x20) {
            fail(fmt::format("the control character 0x{:02X} in a string; write it as an escape", int{peek()}));
        }
        const auto length = utf8_length(text_.substr(place_));
        if (length == 0) fail_expecting("a string");
        out.append(text_.substr(place_, length));
        place_ += length;
    }

    void read_escape(std::string& out) {
        const auto from = std::string_view("\"\\/bfnrt").find(peek());
        if (from != std::string_view::npos && place_ < text_.size()) {
            out.push_back("\"\\/\b\f\n\r\t"[from]);
            ++place_;
        } else if (take('u')) {
            append_utf8(out, read_code_point());
        } else {
            fail_expecting("an escape (one of \"\\/bfnrtu)");
        }
    }

    char32_t read_code_point() {
        const auto start = place_ - 2;
        const auto first = read_hex();
        if (first < 0xD800 || first > 0xDFFF) return first;
        if (first < 0xDC00 && text_.substr(place_).starts_with("\\u")) {
            place_ += 2;
            const auto second = read_hex();
            if (second >= 0xDC00 && second <= 0xDFFF) return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        }
        throw stop{start, "half of a surrogate pair"};
    }

    char32_t read_hex() {
        std::uint32_t code = 0;
        const auto digits = text_.substr(place_, 4);
        const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
        place_ += static_cast<std::size_t>(end - digits.data());
        if (failure != std::errc{} || end != digits.data() + 4) fail_expecting("four hexadecimal digits");
        return code;
    }

    std::string_view text_;
    std::size_t place_ = 0;
    std::size_t depth_left_;
};

}  // namespace

parsed<json> parse_json_exactly(std::string_view text, std::size_t depth) {
    try {
        return reader(text, depth).document();
    } catch (const stop& where) {
        return std::unexpected(failure_at(text, where.place, where.message));
    }
}

}  // namespace croft::text
