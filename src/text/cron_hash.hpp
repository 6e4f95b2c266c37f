// The numbers behind `H` and `R` of a cron expression.
#pragma once

#include <cstdint>
#include <string_view>

namespace croft::text {

/// CRC-32 (ISO 3309), as Python's binascii.crc32: croniter's hash of a hash_id.
std::uint32_t crc32(std::string_view bytes);

/// A number that looks random and depends on the seed and the index alone (SplitMix64).
std::uint32_t scrambled(std::uint64_t seed, int index);

}  // namespace croft::text
