#include "croft/format.hpp"

#include <fmt/format.h>

namespace croft::detail {

std::string text_of_integer(long long number) { return fmt::to_string(number); }
std::string text_of_integer(unsigned long long number) { return fmt::to_string(number); }
std::string text_of_real(double number) { return fmt::to_string(number); }

std::string fill(std::string_view pattern, const std::string* arguments, std::size_t count) {
    std::string out;
    const auto* next = arguments;
    const auto* const end = arguments + count;
    while (next != end) {
        const auto place = pattern.find("{}");
        if (place == std::string_view::npos) break;
        out += pattern.substr(0, place);
        out += *next++;
        pattern.remove_prefix(place + 2);
    }
    out += pattern;
    for (bool first = true; next != end; first = false) {
        if (!out.empty()) out += first ? ": " : " ";
        out += *next++;
    }
    return out;
}

}  // namespace croft::detail
