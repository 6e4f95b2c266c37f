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

std::string identifier(std::string_view name) {
    std::string text = "\"";
    for (const char c : name) text.append(c == '"' ? 2 : 1, c);
    return text + "\"";
}

}  // namespace croft::db
