#include "scrape/retry_after.hpp"

#include <algorithm>
#include <charconv>

#include "net/ascii.hpp"
#include "net/http_date.hpp"

namespace croft::scrape {

std::optional<duration> retry_after(const http::response& reply, time_point now) {
    constexpr duration longest = 24h;
    const auto text = net::trimmed(reply.headers["retry-after"]);
    if (text.empty()) return std::nullopt;
    if (std::ranges::all_of(text, net::is_digit)) {
        std::uint32_t seconds = 0;
        const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), seconds);
        return fault == std::errc() ? std::min<duration>(std::chrono::seconds(seconds), longest) : longest;
    }
    const auto date = net::parse_http_date(text, now);
    if (!date) return std::nullopt;
    return std::clamp<duration>(*date - now, 0s, longest);
}

}  // namespace croft::scrape
