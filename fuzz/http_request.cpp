// Requests as bytes of a connection: no input may crash the parser, exceed its limits, or be read differently when it
// comes in pieces.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "net/request_parser.hpp"

namespace {

constexpr std::size_t header_bytes = 4096, body_bytes = 512;

struct reading {
    bool done = false;
    croft::http::request request;
};

reading read(std::string bytes, std::size_t step) {
    croft::net::request_parser parser(header_bytes, body_bytes);
    std::string pending;
    for (std::size_t at = 0; at < bytes.size() && !parser.is_done() && parser.refusal() == 0;) {
        const auto size = std::min(step, bytes.size() - at);
        pending.append(bytes, at, size);
        at += size;
        pending.erase(0, parser.read(pending));
    }
    if (parser.request().body.size() > body_bytes) std::abort();
    return {parser.is_done() && parser.refusal() == 0, parser.request()};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto whole = read(bytes, bytes.size()), pieces = read(bytes, data[0] % 16 + 1u);
    if (whole.done != pieces.done) std::abort();
    if (!whole.done) return 0;
    if (whole.request.url != pieces.request.url || whole.request.headers != pieces.request.headers ||
        whole.request.body != pieces.request.body)
        std::abort();
    return 0;
}
