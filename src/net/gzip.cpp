#include "net/gzip.hpp"

#include <zlib.h>

#include <algorithm>

#include "croft/error.hpp"
#include "net/ascii.hpp"

namespace croft::net {

struct gzip_packer::machine {
    z_stream stream{};
    machine() {
        // Level 5 of 9: nearly all of the gain for half of the time. 15 + 16: the largest window, as gzip.
        if (deflateInit2(&stream, 5, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
            throw error("gzip: no memory for its tables");
    }
    ~machine() { deflateEnd(&stream); }
};

gzip_packer::gzip_packer() = default;
gzip_packer::~gzip_packer() = default;

std::string gzip_packer::pack(std::string_view plain) {
    if (!machine_) machine_ = std::make_unique<machine>();
    auto& stream = machine_->stream;
    deflateReset(&stream);
    std::string packed(deflateBound(&stream, plain.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
    stream.avail_in = static_cast<uInt>(plain.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END) throw error("gzip: the answer can't be packed");
    packed.resize(packed.size() - stream.avail_out);
    return packed;
}

namespace {

/// "q=0", "q=0.000": the weight that means "not at all".
bool is_refused(std::string_view parameters) {
    const auto equals = parameters.find('=');
    if (equals == parameters.npos || !same_name(trimmed(parameters.substr(0, equals)), "q")) return false;
    const auto weight = trimmed(parameters.substr(equals + 1));
    return weight.starts_with('0') && weight.find_first_not_of("0.") == weight.npos;
}

}  // namespace

bool accepts_gzip(std::string_view accept_encoding) {
    bool any = false;
    while (!accept_encoding.empty()) {
        const auto end = std::min(accept_encoding.find(','), accept_encoding.size());
        const auto item = accept_encoding.substr(0, end);
        accept_encoding.remove_prefix(std::min(end + 1, accept_encoding.size()));
        const auto semicolon = std::min(item.find(';'), item.size());
        const auto coding = trimmed(item.substr(0, semicolon));
        const bool refused = is_refused(item.substr(std::min(semicolon + 1, item.size())));
        if (same_name(coding, "gzip") || same_name(coding, "x-gzip")) return !refused;
        if (coding == "*") any = !refused;
    }
    return any;
}

bool is_compressible(std::string_view content_type) {
    const auto type = trimmed(content_type.substr(0, content_type.find(';')));
    if (same_name(type.substr(0, 5), "text/")) return !same_name(type, "text/event-stream");
    for (const std::string_view ending : {"json", "xml", "javascript", "wasm", "graphql"})
        if (type.size() >= ending.size() && same_name(type.substr(type.size() - ending.size()), ending)) return true;
    return false;
}

}  // namespace croft::net
