#include "document.hpp"

#include <zlib.h>

#include <cstdint>
#include <cstdio>
#include <stdexcept>

namespace upstream {
namespace {

std::string fnv1a_hex(const std::string& bytes) {
    std::uint64_t hash = 14695981039346656037u;
    for (const unsigned char byte : bytes) hash = (hash ^ byte) * 1099511628211u;
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
    return text;
}

std::string compressed(const std::string& body) {
    constexpr int gzip_window = MAX_WBITS + 16;
    z_stream stream{};
    if (deflateInit2(&stream, 6, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::runtime_error("zlib can't be initialised");
    std::string out(deflateBound(&stream, static_cast<uLong>(body.size())), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
    stream.avail_in = static_cast<uInt>(body.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int result = deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    if (result != Z_STREAM_END) throw std::runtime_error("zlib can't compress");
    return out;
}

}  // namespace

document_ptr make_document(std::string content_type, std::string body, std::time_t modified) {
    auto made = std::make_shared<document>();
    const auto hash = fnv1a_hex(body);
    made->content_type = std::move(content_type);
    made->gzip = compressed(body);
    made->body = std::move(body);
    made->etag = '"' + hash + '"';
    made->gzip_etag = '"' + hash + "-gzip\"";
    made->modified = modified;
    return made;
}

}  // namespace upstream
