// Regular expressions that mean the same on every engine: what POSIX, Perl and ECMAScript agree upon, matched in linear
// time. SQLite gets the matcher as a function; PostgreSQL gets pattern().
//
//     auto year = text::regex::checked("^(19|20)[0-9]{2}$");
//     year.found_in("1999");
//
// Letters, digits and other characters stand for themselves; . [a-z] [^a-z] ( ) (?: ) | * + ? {2} {2,} {2,5}, ^ and $
// for the text's ends, \d \w \s \D \W \S of ASCII, \n \r \t, and \ before a punctuation mark. A pattern is found
// anywhere in a text; . takes a line's end too. Case, where it is ignored, is that of a to z. Texts are UTF-8.
// Immutable; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "croft/error.hpp"

namespace croft::text {

class regex {
public:
    static parsed<regex> parse(std::string_view pattern, bool ignore_case = false);
    /// Throws croft::error that shows the pattern and the place.
    static regex checked(std::string_view pattern, bool ignore_case = false);

    bool found_in(std::string_view text) const;
    /// The same in the words of PostgreSQL, without anything that it could take for something else.
    const std::string& pattern() const noexcept { return pattern_; }

private:
    friend class regex_parser;
    enum class op : std::uint8_t { character, any_of, none_of, split, jump, at_start, at_end, found };
    struct step {
        op what = op::found;
        std::uint32_t a = 0, b = 0;  // a character, a set's number, or where to go on
    };
    using range = std::pair<std::uint32_t, std::uint32_t>;

    struct walker;

    std::vector<step> steps_;
    std::vector<std::vector<range>> sets_;
    std::string pattern_;
    bool ignore_case_ = false;
};

}  // namespace croft::text
