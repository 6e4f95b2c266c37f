// UUIDs (RFC 9562): keys that can be made anywhere without asking the database.
//
//     croft::uuid id = croft::uuid::v7();         // begins with the time, so that new rows lie together in an index
//     croft::to_text(id);                         // "01956f3e-8c00-7d3a-9b1e-4f6a5c2d7e80"
//
// The default is the nil UUID, all zeros: "not set". Any thread.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "croft/error.hpp"

namespace croft {

struct uuid {
    std::array<std::uint8_t, 16> bytes{};

    /// 122 random bits, of the system's generator.
    static uuid v4();
    /// Milliseconds of croft::now(), then 74 random bits.
    static uuid v7();

    bool is_nil() const noexcept { return *this == uuid{}; }
    friend bool operator==(const uuid&, const uuid&) = default;
    friend auto operator<=>(const uuid&, const uuid&) = default;
};

/// Lower case, with hyphens: 36 characters that sort as the UUIDs do.
std::string to_text(const uuid& id);
/// Reads that form in either case, also in braces, after "urn:uuid:" or without hyphens.
parsed<uuid> parse_uuid(std::string_view text);

}  // namespace croft
