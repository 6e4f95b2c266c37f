#include "scrape/payload_codec.hpp"

#include <openssl/evp.h>
#include <zlib.h>

#include "croft/error.hpp"
#include "net/gzip.hpp"

namespace croft::scrape {

std::string sha256(std::string_view body) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    if (EVP_Digest(body.data(), body.size(), digest, &length, EVP_sha256(), nullptr) != 1)
        throw error("SHA-256 failed");
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (unsigned int i = 0; i < length; ++i) text += {digits[digest[i] >> 4], digits[digest[i] & 15]};
    return text;
}

packed_body pack(std::string_view body) {
    const auto to_bytes = [](std::string_view text) {
        const auto* first = reinterpret_cast<const std::byte*>(text.data());
        return bytes(first, first + text.size());
    };
    const auto packed = net::gzip_packer().pack(body);
    if (packed.size() < body.size()) return {"gzip", to_bytes(packed)};
    return {"identity", to_bytes(body)};
}

std::optional<std::string> unpack(std::string_view encoding, std::string_view content, std::size_t size) {
    if (encoding == "identity" && content.size() == size) return std::string(content);
    if (encoding != "gzip") return std::nullopt;
    z_stream stream{};
    if (inflateInit2(&stream, 15 + 16) != Z_OK) throw error("gzip: no memory");
    std::string body(size + 1,
                     '\0');  // one more: an inflate that has filled its room doesn't know that it is at the end
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
    stream.avail_in = static_cast<uInt>(content.size());
    stream.next_out = reinterpret_cast<Bytef*>(body.data());
    stream.avail_out = static_cast<uInt>(body.size());
    const bool whole = inflate(&stream, Z_FINISH) == Z_STREAM_END;
    body.resize(stream.total_out);
    inflateEnd(&stream);
    if (!whole || body.size() != size) return std::nullopt;
    return body;
}

}  // namespace croft::scrape
