// What both drivers need for their messages and their SQL. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace croft::db {

/// A statement's text on one line, at most 200 bytes of it.
std::string shortened(std::string_view sql);

/// "name" in double quotes, quotes doubled: a table's or column's name in SQL.
std::string identifier(std::string_view name);
void append_identifier(std::string& to, std::string_view name);

}  // namespace croft::db
