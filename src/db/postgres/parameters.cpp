#include "db/postgres/parameters.hpp"

#include <fmt/format.h>

#include <charconv>

#include "db/message.hpp"

namespace croft::db::postgres {
namespace {

template <class Number>
std::string digits(Number number) {
    char text[32];
    return {text, std::to_chars(text, text + sizeof text, number).ptr};
}

std::string hexadecimal(const bytes& content) {
    constexpr std::string_view digit = "0123456789abcdef";
    std::string text = "\\x";
    text.reserve(2 + 2 * content.size());
    for (const auto one : content) {
        text += digit[std::to_integer<std::size_t>(one >> 4)];
        text += digit[std::to_integer<std::size_t>(one & std::byte{15})];
    }
    return text;
}

}  // namespace

std::string text_of(const value& from) {
    switch (from.index()) {  // the order of croft::value
        case 1:
            return std::get<bool>(from) ? "t" : "f";
        case 2:
            return digits(std::get<std::int64_t>(from));
        case 3:
            return digits(std::get<double>(from));
        case 4:
            return std::get<std::string>(from);
        case 5:
            return hexadecimal(std::get<bytes>(from));
        case 6:
            return to_text(std::get<time_point>(from));
        case 7:
            return to_text(std::get<date>(from));
        case 8:
            return digits(static_cast<std::int64_t>(std::get<duration>(from).count()));  // microseconds, a BIGINT
        case 9:
            return to_text(std::get<decimal_value>(from));
        case 10:
            return to_text(std::get<uuid>(from));
        case 11:
            return std::get<json_text>(from).text;
        default:
            return {};
    }
}

void refuse_zero_bytes(std::string_view text, const place& where) {
    if (text.find('\0') == text.npos) return;
    throw statement_error(fmt::format(
        "{}: a text with a zero byte in it can't be stored by PostgreSQL; store it as bytes, or without it; in: {}",
        where.database, shortened(where.sql)));
}

parameters::parameters(std::span<const value> from, const place& where) {
    values_.reserve(from.size());
    lengths_.reserve(from.size());
    formats_.reserve(from.size());
    texts_.reserve(from.size());
    for (const auto& one : from) {
        const char* content = nullptr;
        int length = 0, format = 0;
        if (const auto* text = std::get_if<std::string>(&one)) {
            refuse_zero_bytes(*text, where);
            content = text->c_str();
        } else if (const auto* raw = std::get_if<bytes>(&one)) {
            content = raw->empty() ? "" : reinterpret_cast<const char*>(raw->data());
            length = static_cast<int>(raw->size());
            format = 1;
        } else if (!is_null(one)) {
            content = texts_.emplace_back(text_of(one)).c_str();
        }
        values_.push_back(content);
        lengths_.push_back(length);
        formats_.push_back(format);
    }
}

}  // namespace croft::db::postgres
