#include "text/robots_path.hpp"

namespace croft::text {
namespace {

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

}  // namespace

std::string robots_path(std::string_view url) {
    url = url.substr(0, url.find('#'));
    std::size_t host = url.starts_with("//") ? 2 : 0;
    if (const auto scheme = url.find("://"); scheme < url.find_first_of("/?;")) host = scheme + 3;
    const auto start = url.find_first_of("/?;", host);
    if (start == url.npos) return "/";
    const auto path = url.substr(start);
    return path.front() == '/' ? std::string(path) : '/' + std::string(path);  // http://site.example?page=2
}

std::string normalised_robots_path(std::string_view path) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string result;
    result.reserve(path.size());
    for (std::size_t i = 0; i < path.size(); ++i) {
        const auto byte = static_cast<unsigned char>(path[i]);
        if (byte >= 0x80) {
            result += '%';
            result += digits[byte >> 4];
            result += digits[byte & 15];
        } else if (byte == '%' && i + 2 < path.size() && is_hex(path[i + 1]) && is_hex(path[i + 2])) {
            result += {'%', upper(path[i + 1]), upper(path[i + 2])};
            i += 2;
        } else {
            result += path[i];
        }
    }
    return result;
}

// Between two stars the leftmost place is as good as any later one, so that no step is ever taken back.
bool robots_pattern_matches(std::string_view pattern, std::string_view path) {
    const bool to_the_end = pattern.ends_with('$');
    if (to_the_end) pattern.remove_suffix(1);
    bool anchored = true;  // the next piece must start right here
    for (;;) {
        const auto star = pattern.find('*');
        const auto piece = pattern.substr(0, star);
        const bool last = star == pattern.npos;
        if (last && to_the_end && !anchored) return path.ends_with(piece);
        const auto found = anchored ? (path.starts_with(piece) ? 0 : path.npos) : path.find(piece);
        if (found == path.npos) return false;
        path.remove_prefix(found + piece.size());
        if (last) return !to_the_end || path.empty();
        pattern.remove_prefix(star + 1);
        anchored = false;
    }
}

}  // namespace croft::text
