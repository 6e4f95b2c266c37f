// What a value becomes when its column gets another type: whole or not at all, and the same on both engines. Any
// thread.
#pragma once

#include <string>

#include "croft/migration.hpp"
#include "db/database.hpp"

namespace croft::migrations {

/// Whether values of one type mean something as the other: numbers as numbers, anything but bytes as a text and back, a
/// date as a time.
bool can_become(field_type from, field_type to);

/// SQL: the value of the column `name` (quoted), which was `from`, as `to` keeps it; `name` itself where that is the
/// same. Null stays null. A value that doesn't fit becomes something that the column or a cast refuses, so that the
/// statement fails. Of references, these are the columns they are stored as.
std::string converted(const std::string& name, const column& from, const column& to, db::engine engine);

}  // namespace croft::migrations
