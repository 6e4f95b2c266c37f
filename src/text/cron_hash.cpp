#include "text/cron_hash.hpp"

namespace croft::text {

std::uint32_t crc32(std::string_view bytes) {
    std::uint32_t crc = ~std::uint32_t{0};
    for (const char c : bytes) {  // bit by bit: a handful of bytes, once per expression
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB8'8320U : 0U);
    }
    return ~crc;
}

std::uint32_t scrambled(std::uint64_t seed, int index) {
    std::uint64_t z = seed + 0x9E37'79B9'7F4A'7C15U * (static_cast<std::uint64_t>(index) + 1);
    z = (z ^ (z >> 30)) * 0xBF58'476D'1CE4'E5B9U;
    z = (z ^ (z >> 27)) * 0x94D0'49BB'1331'11EBU;
    return static_cast<std::uint32_t>((z ^ (z >> 31)) >> 32);
}

}  // namespace croft::text
