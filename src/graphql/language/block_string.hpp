// Block strings (spec §2.9.4): """ … """ with the common indentation taken away. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace croft::graphql {

/// BlockStringValue(rawValue): the value of what stands between the quotes, \""" already replaced.
std::string dedent_block_string(std::string_view raw);

/// `value` between triple quotes, such that reading it gives `value` again; see can_be_block_string. It is written on
/// lines of its own when it is long, and each newline is followed by `indentation` spaces.
std::string print_block_string(std::string_view value, std::size_t indentation = 0);

/// Whether reading print_block_string(value) gives `value`: not with control characters, or with blank first or last
/// lines.
bool can_be_block_string(std::string_view value);

}  // namespace croft::graphql
