// CSS selectors, parsed (Selectors Level 4, with the extensions of jQuery that make sense without a browser).
//
//     auto list = css::parse("td:not(.old) > a[href]");
//     css::matcher(tree, scope).matches(*list, node);
//
// A parsed list is immutable and may be shared between threads; a matcher belongs to one query.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "croft/error.hpp"

namespace croft::text::css {

struct selector_list;

enum class combinator { none, descendant, child, next_sibling, later_sibling };

enum class test {
    any,        // *
    tag,        // name
    id,         // value
    class_,     // value
    attribute,  // name, op, value
    nth,        // formula, from_end, of_type; inner is `of S`, or null
    empty,      // :empty
    root,       // :root
    scope,      // :scope
    contains,   // value, ignore_case
    lang,       // value
    is,         // inner; also :where and the shorthands
    is_not,     // inner
    has,        // inner, relative
    never       // :hover and what else needs a browser
};

/// a·n + b, n = 0, 1, 2, …
struct nth_formula {
    std::int64_t a = 0, b = 0;
    bool holds(std::int64_t position) const {
        if (a == 0) return position == b;
        return (position - b) % a == 0 && (position - b) / a >= 0;
    }
};

struct simple_selector {
    test kind = test::any;
    std::string name = {}, value = {};
    char op = '\0';            // \0 (is there), = ~ | ^ $ * !
    bool ignore_case = false;  // ASCII
    bool from_end = false, of_type = false;
    nth_formula formula = {};
    std::shared_ptr<const selector_list> inner = nullptr;
};

struct compound_selector {
    /// To what stands left of it; in the first compound, to the scope or :has anchor (none: not relative).
    combinator left = combinator::none;
    std::vector<simple_selector> tests;
};

struct complex_selector {
    std::vector<compound_selector> compounds;
};

struct selector_list {
    std::vector<complex_selector> alternatives;
};

/// Limits: 16 KiB of text, 64 compounds a complex selector, 16 levels of parentheses.
parsed<std::shared_ptr<const selector_list>> parse(std::string_view text);

}  // namespace croft::text::css
