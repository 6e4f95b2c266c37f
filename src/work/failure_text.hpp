// A failure as it is kept in a row: with its chain of causes, but not longer than a page.
#pragma once

#include <exception>
#include <string>

#include "croft/error.hpp"
#include "text/utf8.hpp"

namespace croft::work {

inline std::string error_text(const std::exception_ptr& failure) {
    constexpr std::size_t longest = 4000;  // bytes
    auto text = describe(failure, true);
    if (text.size() > longest) text.resize(longest);
    return text::repair_utf8(text);  // no database takes anything else
}

}  // namespace croft::work
