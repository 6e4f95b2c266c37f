// Which nodes of a tree a selector matches.
#pragma once

#include <unordered_map>
#include <vector>

#include "text/css.hpp"
#include "text/html_tree.hpp"

namespace croft::text::css {

/// One query over one tree. Remembers what would otherwise be worked out again and again, so that costs stay near
/// (elements × compounds): keep it for the query, then drop it. One thread.
class matcher {
public:
    /// `scope` is what :scope and a leading combinator mean: an element, or the document (then :scope is the root).
    matcher(const html_tree& tree, std::uint32_t scope);

    bool matches(const selector_list& list, std::uint32_t element);
    /// Matches inside the scope in document order, at most `limit`.
    std::vector<std::uint32_t> find(const selector_list& list, std::size_t limit);

private:
    struct key {
        const void* part;
        std::uint32_t element;
        bool operator==(const key&) const = default;
    };
    struct key_hash {
        std::size_t operator()(const key& k) const {
            return reinterpret_cast<std::uintptr_t>(k.part) ^ (k.element * 0x9E3779B97F4A7C15u);
        }
    };
    template <class Value>
    using memo = std::unordered_map<key, Value, key_hash>;

    struct text_search {
        std::size_t asked = 0;
        std::vector<std::size_t> places = {};  // of the text in the whole page, ascending
    };

    bool matches(const complex_selector& complex, std::size_t last, std::uint32_t element);
    bool left_side(const complex_selector& complex, std::size_t right, std::uint32_t element);
    bool chain(const complex_selector& complex, std::size_t last, std::uint32_t from, bool upwards);
    bool anchored(combinator left, std::uint32_t element) const;
    bool matches(const compound_selector& compound, std::uint32_t element);
    bool matches(const simple_selector& simple, std::uint32_t element);
    bool attribute(const simple_selector& simple, std::uint32_t element) const;
    bool has_class(std::string_view wanted, std::uint32_t element) const;
    bool nth(const simple_selector& simple, std::uint32_t element);
    std::uint32_t position_of(const simple_selector& simple, std::uint32_t element);
    bool is_empty(std::uint32_t element) const;
    bool contains(const simple_selector& simple, std::uint32_t element);
    bool lang(std::string_view wanted, std::uint32_t element) const;
    bool has(const simple_selector& simple, std::uint32_t element);
    bool reaches(const complex_selector& complex, std::size_t next, std::uint32_t from);
    bool hits(const complex_selector& complex, std::size_t next, std::uint32_t element);
    bool reaches_child(const complex_selector& complex, std::size_t next, std::uint32_t from);
    bool reaches_later(const complex_selector& complex, std::size_t next, std::uint32_t from);
    bool reaches_below(const complex_selector& complex, std::size_t next, std::uint32_t from);

    const html_tree& tree_;
    std::uint32_t scope_;
    std::uint32_t anchor_;   // what :scope and relative selectors mean
    std::size_t steps_ = 0;  // towards remembering
    memo<bool> chains_;      // is there a match to the left, from (compound, element)?
    memo<bool> reached_;     // for :has: is there a match to the right?
    memo<std::uint32_t> positions_;
    std::unordered_map<const simple_selector*, text_search> searches_;
    std::string folded_text_;  // the page's text in lower case, made when :icontains needs it
};

}  // namespace croft::text::css
