// Addresses as they may be shown: without passwords. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace croft::app {

/// "postgres://me:hunter2@db/x" -> "postgres://me:***@db/x"; the value of a parameter "password" or "token" goes too.
/// Text that is no URL is given back as it is.
std::string without_password(std::string_view url);

}  // namespace croft::app
