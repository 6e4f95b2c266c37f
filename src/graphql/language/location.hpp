// Where in a GraphQL text something stands. Nodes keep byte offsets; lines and columns are computed when an error is
// written. Lines end at \n, \r or \r\n; columns count UTF-16 code units, as every other GraphQL implementation reports.
//
//     graphql::line_index lines(text);
//     auto [line, column] = lines.locate(offset);
//
// Any thread, once constructed.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace croft::graphql {

/// Both count from 1.
struct location {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
    bool operator==(const location&) const = default;
};

/// Answers many offsets of one text, each in time bounded by the distance of its checkpoints: an error that names ten
/// thousand places in one long line must not cost ten thousand scans of it.
class line_index {
public:
    line_index() = default;
    explicit line_index(std::string_view text);
    /// `offset` in bytes; one past the end is the place of <EOF>.
    location locate(std::uint32_t offset) const;

private:
    struct checkpoint {
        std::uint32_t offset;
        location place;
    };
    std::string_view text_;
    std::vector<checkpoint> checkpoints_;
};

}  // namespace croft::graphql
