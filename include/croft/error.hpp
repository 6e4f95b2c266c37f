// Errors: one hierarchy under croft::error. Each message names the place (file, line, field, URL, task) and, where it
// can, what would be right.
//
//     throw croft::error("item 'hoe': sell_price is -3; it must not be negative");
//
// Parsers of outside bytes do not throw: they return croft::parsed<T>, which holds the value or a located failure.
// Any thread.
#pragma once

#include <cstddef>
#include <exception>
#include <expected>
#include <stdexcept>
#include <string>

namespace croft {

/// Root of everything Croft throws.
class error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Where a parser stopped, and why. Lines and columns count from 1; a column is a byte of the line unless the parser
/// says otherwise.
struct parse_failure {
    std::string message;
    std::size_t line = 1;
    std::size_t column = 1;
    /// "line 3, column 7: message"
    std::string describe() const;
};

/// A parser's answer: the value, or where and why it stopped.
template <class T>
using parsed = std::expected<T, parse_failure>;

/// A parse_failure, thrown: by the convenience forms that can't return one.
class parse_error : public error {
public:
    /// `source` names what was parsed: a file, a URL, "GraphQL document".
    parse_error(const std::string& source, parse_failure failure);
    const parse_failure& failure() const noexcept { return failure_; }

private:
    parse_failure failure_;
};

/// A setting, flag or declaration that can't be used; thrown at start, before anything runs.
class config_error : public error {
public:
    using error::error;
};

/// The time allowed for an operation ran out.
class timeout_error : public error {
public:
    using error::error;
};

/// "message" of an exception; with `chain`, causes (std::nested_exception) are appended after ": ".
std::string describe(const std::exception_ptr& failure, bool chain = false);

}  // namespace croft
