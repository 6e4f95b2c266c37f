#include "croft/error.hpp"

#include <fmt/format.h>

namespace croft {

std::string parse_failure::describe() const { return fmt::format("line {}, column {}: {}", line, column, message); }

parse_error::parse_error(const std::string& source, parse_failure failure)
    : error(source + ", " + failure.describe()), failure_(std::move(failure)) {}

std::string describe(const std::exception_ptr& failure, bool chain) {
    if (!failure) return {};
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& e) {
        std::string text = e.what();
        if (!chain) return text;
        try {
            std::rethrow_if_nested(e);
        } catch (...) {
            text += ": " + describe(std::current_exception(), true);
        }
        return text;
    } catch (...) {
        return "an exception that is not a std::exception";
    }
}

}  // namespace croft
