// Dates of HTTP headers, Accept-Encoding and Retry-After: no input may crash them, and what a date prints it reads
// again.
#include "net/http_date.hpp"

#include <chrono>
#include <cstdint>
#include <cstdlib>

#include "net/gzip.hpp"
#include "scrape/retry_after.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const croft::time_point now{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
    if (const auto date = croft::net::parse_http_date(text, now)) {
        const auto again = croft::net::parse_http_date(croft::net::to_http_date(*date), now);
        if (!again || *again != *date) std::abort();
    }
    croft::net::accepts_gzip(text);
    croft::http::response reply;
    reply.headers.add("Retry-After", text);
    const auto wait = croft::scrape::retry_after(reply, now);
    if (wait && (*wait < std::chrono::seconds(0) || *wait > std::chrono::hours(24))) std::abort();
    return 0;
}
