#include "graphql/language/location.hpp"

#include <algorithm>

namespace croft::graphql {
namespace {

constexpr std::uint32_t checkpoint_distance = 4096;

/// The place after the byte at `offset`, given the place of that byte.
location step(std::string_view text, std::uint32_t offset, location place) {
    const auto byte = static_cast<unsigned char>(text[offset]);
    if (byte == '\n' || byte == '\r') {
        const bool first_of_two = byte == '\r' && offset + 1 < text.size() && text[offset + 1] == '\n';
        return first_of_two ? place : location{place.line + 1, 1};
    }
    if ((byte & 0xC0) == 0x80) return place;  // a continuation byte belongs to the character before it
    place.column += byte >= 0xF0 ? 2 : 1;     // beyond U+FFFF: a surrogate pair
    return place;
}

}  // namespace

line_index::line_index(std::string_view text) : text_(text) {
    location place;
    for (std::uint32_t at = 0; at < text_.size(); ++at) {
        if (at % checkpoint_distance == 0) checkpoints_.push_back({at, place});
        place = step(text_, at, place);
    }
}

location line_index::locate(std::uint32_t offset) const {
    offset = std::min(offset, static_cast<std::uint32_t>(text_.size()));
    if (checkpoints_.empty()) return {};
    const auto& start = checkpoints_[std::min<std::size_t>(offset / checkpoint_distance, checkpoints_.size() - 1)];
    location place = start.place;
    for (std::uint32_t at = start.offset; at < offset; ++at) place = step(text_, at, place);
    return place;
}

}  // namespace croft::graphql
