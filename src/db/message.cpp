#include "db/message.hpp"

namespace croft::db {

std::string shortened(std::string_view sql) {
    constexpr std::size_t limit = 200;
    std::string line;
    bool blank = false;
    for (const char c : sql) {
        const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
        if (!space) {
            const bool starts_character = (static_cast<unsigned char>(c) & 0xc0) != 0x80;
            if (line.size() >= limit && starts_character) return line + " …";
            if (blank && !line.empty()) line += ' ';
            line += c;
        }
        blank = space;
    }
    return line;
}

void append_identifier(std::string& to, std::string_view name) {
    to += '"';
    for (std::size_t quote; (quote = name.find('"')) != name.npos; name.remove_prefix(quote + 1)) {
        to += name.substr(0, quote + 1);
        to += '"';
    }
    to += name;
    to += '"';
}

std::string identifier(std::string_view name) {
    std::string text;
    append_identifier(text, name);
    return text;
}

}  // namespace croft::db
