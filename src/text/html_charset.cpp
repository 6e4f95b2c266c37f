#include "text/html_charset.hpp"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "text/utf8.hpp"

namespace croft::text {
namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

std::string trimmed(std::string_view text) {
    constexpr std::string_view edge = " \t\r\n\f\"';";
    const auto first = text.find_first_not_of(edge);
    if (first == text.npos) return {};
    return lower(text.substr(first, text.find_last_not_of(edge) - first + 1));
}

// Encoding standard, index windows-1252: what differs from latin-1.
constexpr std::array<char32_t, 32> windows_1252_80_to_9f = {
    0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

std::string from_windows_1252(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size() + bytes.size() / 8);
    for (const unsigned char byte : bytes) {
        append_utf8(out, byte >= 0x80 && byte <= 0x9F ? windows_1252_80_to_9f[byte - 0x80u] : char32_t{byte});
    }
    return out;
}

class converter {
public:
    explicit converter(const std::string& charset) : handle_(iconv_open("UTF-8", charset.c_str())) {}
    converter(const converter&) = delete;
    converter& operator=(const converter&) = delete;
    ~converter() {
        if (*this) iconv_close(handle_);
    }
    explicit operator bool() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

    std::string convert(std::string_view bytes) {
        std::string out;
        std::array<char, 4096> part;
        char* in = const_cast<char*>(bytes.data());  // iconv doesn't write there
        std::size_t in_left = bytes.size();
        while (in_left > 0) {
            char* to = part.data();
            std::size_t room = part.size();
            const auto result = iconv(handle_, &in, &in_left, &to, &room);
            const int failure = result == static_cast<std::size_t>(-1) ? errno : 0;
            out.append(part.data(), part.size() - room);
            if (failure == 0 || failure == E2BIG) continue;
            append_utf8(out, 0xFFFD);  // a byte that can't be decoded, or a sequence cut off at the end
            ++in, --in_left;
        }
        return out;
    }

private:
    iconv_t handle_;
};

bool is_utf8_name(const std::string& charset) {
    return charset == "utf-8" || charset == "utf8" || charset == "unicode-1-1-utf-8";
}

// The web's names for windows-1252 (Encoding standard, 4.2).
bool is_windows_1252_name(const std::string& charset) {
    static constexpr std::string_view names[] = {"windows-1252", "cp1252", "x-cp1252", "iso-8859-1", "iso8859-1",
                                                 "latin1",       "l1",     "ascii",    "us-ascii",   "iso_8859-1",
                                                 "iso88591",     "cp819",  "ibm819",   "iso-ir-100"};
    return std::find(std::begin(names), std::end(names), charset) != std::end(names);
}

bool is_plain_name(const std::string& charset) {  // iconv gives '/' and ',' meanings of its own
    return !charset.empty() && charset.size() <= 40 && std::all_of(charset.begin(), charset.end(), [](unsigned char c) {
        return std::isalnum(c) || c == '-' || c == '_' || c == '.' || c == ':';
    });
}

std::string from_unnamed(std::string_view bytes) {
    return first_invalid_utf8(bytes) == bytes.size() ? std::string(bytes) : from_windows_1252(bytes);
}

std::string from_charset(std::string_view bytes, const std::string& charset) {
    if (is_utf8_name(charset)) return repair_utf8(bytes);
    if (is_windows_1252_name(charset)) return from_windows_1252(bytes);
    if (is_plain_name(charset)) {
        if (converter convert(charset); convert) return convert.convert(bytes);
    }
    return from_unnamed(bytes);
}

}  // namespace

std::string meta_charset(std::string_view bytes) {
    const auto start = lower(bytes.substr(0, 1024));
    for (std::size_t at = start.find("<meta"); at != start.npos; at = start.find("<meta", at + 1)) {
        const auto tag = std::string_view(start).substr(at, start.find('>', at) - at);
        const auto name = tag.find("charset");
        const auto equals = name == tag.npos ? tag.npos : tag.find_first_not_of(" \t\r\n", name + 7);
        if (equals == tag.npos || tag[equals] != '=') continue;
        const auto value = tag.find_first_not_of(" \t\r\n\"'", equals + 1);
        if (value == tag.npos) continue;
        const auto charset = trimmed(tag.substr(value, tag.find_first_of(" \t\r\n\"';/>", value) - value));
        // A page that could be read this far is no UTF-16, whatever it says (HTML standard).
        if (!charset.empty()) return charset.starts_with("utf-16") ? "utf-8" : charset;
    }
    return {};
}

std::string html_to_utf8(std::string_view bytes, std::string_view hint) {
    if (bytes.starts_with("\xEF\xBB\xBF")) return repair_utf8(bytes.substr(3));
    if (bytes.starts_with("\xFE\xFF")) return from_charset(bytes.substr(2), "utf-16be");
    if (bytes.starts_with("\xFF\xFE")) return from_charset(bytes.substr(2), "utf-16le");
    auto charset = trimmed(hint);
    if (charset.empty()) charset = meta_charset(bytes);
    return charset.empty() ? from_unnamed(bytes) : from_charset(bytes, charset);
}

}  // namespace croft::text
