// Cursors as commands see them. Loop thread only.
#pragma once

#include "croft/cursor.hpp"
#include "model/load/tables.hpp"

namespace croft::loading {

/// A mark as it is stored, or as somebody writes it: a time, an integer, else a text.
value mark_from(std::string_view text, std::string_view kind);
value mark_from(std::string_view text);

/// While it lives, cursor(name) stands for a range in this process, and isn't stored.
class backfill {
public:
    backfill(std::string name, value from, value until);
    ~backfill();
    backfill(const backfill&) = delete;
    backfill& operator=(const backfill&) = delete;

private:
    std::string name_;
};

}  // namespace croft::loading
