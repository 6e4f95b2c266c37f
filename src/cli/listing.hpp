// What lists on a terminal have in common: times, first lines, columns as wide as what is in them.
//
//     listing rows({"ID", "NAME"});
//     rows.add({"1", "ingest"});
//     rows.print();
//
// Main thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "croft/json.hpp"
#include "croft/time.hpp"

namespace croft::cli {

/// "2026-03-01 00:00:07Z", or "-".
std::string moment(const std::optional<time_point>& when);
std::string first_line(const std::string& text);
/// On one line; what is longer than 40 characters is cut.
std::string cell(const std::string& text);
/// As to_text() writes it, or null.
json time_as_json(const std::optional<time_point>& when);

class listing {
public:
    explicit listing(std::vector<std::string> head) { rows_.push_back(std::move(head)); }
    /// As many cells as the head has.
    void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
    /// To stdout; the last column is not padded.
    void print() const;

private:
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace croft::cli
