#include "cli/when.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "base/text.hpp"
#include "cli/command.hpp"

namespace croft::cli {
namespace {

std::optional<duration> read_span(const std::string& text) {
    static constexpr std::pair<std::string_view, duration> units[] = {
        {"s", 1s}, {"min", 1min}, {"h", 1h}, {"d", 24h}, {"w", 24h * 7}};
    std::int64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || number < 0 || number > 1'000'000'000) return std::nullopt;
    for (auto& [name, unit] : units)
        if (std::string_view(end, text.data() + text.size()) == name) return number * unit;
    return std::nullopt;
}

}  // namespace

duration parse_span(const std::string& text) {
    if (const auto span = read_span(text)) return *span;
    throw command_error(fmt::format("{} is not a span of time such as 90s, 15min, 2h, 3d or 1w", croft::quoted(text)),
                        unusable);
}

time_point parse_when(const std::string& text, time_point now) {
    if (const auto span = read_span(text)) return now - *span;
    if (const auto time = parse_time(text)) return *time;
    if (const auto time = parse_time(text + "T00:00:00Z")) return *time;
    throw command_error(fmt::format("{} is not a time: write 2026-03-01T12:00Z, 2026-03-01, or how long ago: 2h, 3d",
                                    croft::quoted(text)),
                        unusable);
}

}  // namespace croft::cli
