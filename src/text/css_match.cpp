#include "text/css_match.hpp"

#include <algorithm>

namespace croft::text::css {
namespace {

constexpr auto none = html_node::none;
constexpr std::size_t steps_before_memo = 256;

char fold(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal(std::string_view a, std::string_view b, bool ignore_case) {
    if (a.size() != b.size()) return false;
    return ignore_case ? std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return fold(x) == fold(y); })
                       : a == b;
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f'; }

bool has_word(std::string_view words, std::string_view wanted, bool ignore_case) {
    for (std::size_t i = 0; i < words.size();) {
        while (i < words.size() && is_space(words[i])) ++i;
        const auto start = i;
        while (i < words.size() && !is_space(words[i])) ++i;
        if (i > start && equal(words.substr(start, i - start), wanted, ignore_case)) return true;
    }
    return false;
}

bool has_part(std::string_view text, std::string_view wanted, bool ignore_case) {
    if (!ignore_case) return text.contains(wanted);
    return std::search(text.begin(), text.end(), wanted.begin(), wanted.end(),
                       [](char x, char y) { return fold(x) == fold(y); }) != text.end();
}

}  // namespace

matcher::matcher(const html_tree& tree, std::uint32_t scope) : tree_(tree), scope_(scope), anchor_(scope) {
    if (tree.is_element(scope)) return;
    for (auto i = scope; i < tree.size(); ++i)  // the document: its root stands for it
        if (tree.is_element(i)) {
            anchor_ = i;
            break;
        }
}

std::vector<std::uint32_t> matcher::find(const selector_list& list, std::size_t limit) {
    std::vector<std::uint32_t> found;
    for (auto i = scope_ + 1; i < tree_.nodes[scope_].end && found.size() < limit; ++i)
        if (tree_.is_element(i) && matches(list, i)) found.push_back(i);
    // "+ p" looks beside the scope, not inside it.
    const bool beside =
        std::any_of(list.alternatives.begin(), list.alternatives.end(), [](const complex_selector& each) {
            const auto left = each.compounds.front().left;
            return left == combinator::next_sibling || left == combinator::later_sibling;
        });
    if (beside && tree_.nodes[scope_].parent != none)
        for (auto i = tree_.nodes[scope_].end; i < tree_.nodes[tree_.nodes[scope_].parent].end && found.size() < limit;
             ++i)
            if (tree_.is_element(i) && matches(list, i)) found.push_back(i);
    return found;
}

bool matcher::matches(const selector_list& list, std::uint32_t element) {
    return std::any_of(list.alternatives.begin(), list.alternatives.end(),
                       [&](const complex_selector& each) { return matches(each, each.compounds.size() - 1, element); });
}

// Right to left. Recursion goes no deeper than the selector has compounds and parentheses.
bool matcher::matches(const complex_selector& complex, std::size_t last, std::uint32_t element) {
    return matches(complex.compounds[last], element) && left_side(complex, last, element);
}

bool matcher::left_side(const complex_selector& complex, std::size_t right, std::uint32_t element) {
    const auto left = complex.compounds[right].left;
    if (right == 0) return left == combinator::none || anchored(left, element);
    switch (left) {
        case combinator::child: {
            const auto parent = tree_.parent_element(element);
            return parent != none && matches(complex, right - 1, parent);
        }
        case combinator::next_sibling: {
            const auto previous = tree_.nodes[element].previous;
            return previous != none && matches(complex, right - 1, previous);
        }
        case combinator::later_sibling:
            return chain(complex, right - 1, element, false);
        default:
            return chain(complex, right - 1, element, true);
    }
}

// Does any ancestor (or any earlier sibling) match? What holds for the one we started from holds for all that were
// passed on the way, so once a query has proved expensive each (compound, element) is worked out once.
bool matcher::chain(const complex_selector& complex, std::size_t last, std::uint32_t from, bool upwards) {
    const void* part = &complex.compounds[last + 1];
    const auto next = [&](std::uint32_t at) { return upwards ? tree_.parent_element(at) : tree_.nodes[at].previous; };
    const bool remembers = ++steps_ > steps_before_memo;
    bool found = false;
    auto at = from;
    for (;;) {
        if (remembers) {
            if (const auto known = chains_.find({part, at}); known != chains_.end()) {
                found = known->second;
                break;
            }
        }
        const auto candidate = next(at);
        if (candidate == none) break;
        ++steps_;
        if (matches(complex, last, candidate)) {
            found = true;
            break;
        }
        at = candidate;
    }
    if (remembers) {
        for (auto passed = from; passed != none; passed = next(passed)) {
            chains_.insert_or_assign({part, passed}, found);
            if (passed == at) break;
        }
    }
    return found;
}

bool matcher::anchored(combinator left, std::uint32_t element) const {
    const auto& nodes = tree_.nodes;
    switch (left) {
        case combinator::child:
            return nodes[element].parent == anchor_;
        case combinator::next_sibling:
            return nodes[element].previous == anchor_;
        case combinator::later_sibling:
            return nodes[element].parent == nodes[anchor_].parent && element > anchor_;
        default:
            return element > anchor_ && element < nodes[anchor_].end;
    }
}

bool matcher::matches(const compound_selector& compound, std::uint32_t element) {
    return std::all_of(compound.tests.begin(), compound.tests.end(),
                       [&](const simple_selector& simple) { return matches(simple, element); });
}

bool matcher::matches(const simple_selector& simple, std::uint32_t element) {
    switch (simple.kind) {
        case test::any:
            return true;
        case test::tag:
            return tree_.nodes[element].name == simple.name;
        case test::id: {
            const auto* id = tree_.attribute(element, "id");
            return id && id->value == simple.value;
        }
        case test::class_:
            return has_class(simple.value, element);
        case test::attribute:
            return attribute(simple, element);
        case test::nth:
            return nth(simple, element);
        case test::empty:
            return is_empty(element);
        case test::root:
            return tree_.parent_element(element) == none;
        case test::scope:
            return element == anchor_;
        case test::contains:
            return contains(simple, element);
        case test::lang:
            return lang(simple.value, element);
        case test::is:
            return matches(*simple.inner, element);
        case test::is_not:
            return !matches(*simple.inner, element);
        case test::has:
            return has(simple, element);
        case test::never:
            return false;
    }
    return false;
}

bool matcher::has_class(std::string_view wanted, std::uint32_t element) const {
    const auto* classes = tree_.attribute(element, "class");
    return classes && has_word(classes->value, wanted, false);
}

bool matcher::attribute(const simple_selector& simple, std::uint32_t element) const {
    const auto* found = tree_.attribute(element, simple.name);
    if (!found) return simple.op == '!';
    const std::string_view value = found->value, wanted = simple.value;
    const bool fold_case = simple.ignore_case;
    switch (simple.op) {
        case '\0':
            return true;
        case '=':
            return equal(value, wanted, fold_case);
        case '!':
            return !equal(value, wanted, fold_case);
        case '~':
            return !wanted.empty() && has_word(value, wanted, fold_case);
        case '|':
            return equal(value.substr(0, wanted.size()), wanted, fold_case) &&
                   (value.size() == wanted.size() || value[wanted.size()] == '-');
        case '^':
            return !wanted.empty() && equal(value.substr(0, wanted.size()), wanted, fold_case);
        case '$':
            return !wanted.empty() && value.size() >= wanted.size() &&
                   equal(value.substr(value.size() - wanted.size()), wanted, fold_case);
        default:
            return !wanted.empty() && has_part(value, wanted, fold_case);
    }
}

bool matcher::nth(const simple_selector& simple, std::uint32_t element) {
    if (simple.inner) {
        return matches(*simple.inner, element) && simple.formula.holds(position_of(simple, element));
    }
    const auto& node = tree_.nodes[element];
    return simple.formula.holds(simple.of_type ? (simple.from_end ? node.type_position_from_end : node.type_position)
                                               : (simple.from_end ? node.position_from_end : node.position));
}

// Among the siblings that match `of S`; all siblings are numbered when one is asked for.
std::uint32_t matcher::position_of(const simple_selector& simple, std::uint32_t element) {
    if (const auto known = positions_.find({&simple, element}); known != positions_.end()) return known->second;
    const auto step = [&](std::uint32_t at) {
        return simple.from_end ? tree_.nodes[at].next : tree_.nodes[at].previous;
    };
    const auto back = [&](std::uint32_t at) {
        return simple.from_end ? tree_.nodes[at].previous : tree_.nodes[at].next;
    };
    auto at = element;
    while (step(at) != none) at = step(at);
    for (std::uint32_t position = 0; at != none; at = back(at))
        if (matches(*simple.inner, at)) positions_[{&simple, at}] = ++position;
    return positions_[{&simple, element}];
}

bool matcher::is_empty(std::uint32_t element) const {
    const auto begin = tree_.nodes.begin() + element + 1;
    const auto end = tree_.nodes.begin() + tree_.nodes[element].end;
    return std::all_of(begin, end, [](const html_node& node) { return node.kind == html_node::type::comment; });
}

bool matcher::contains(const simple_selector& simple, std::uint32_t element) {
    constexpr std::size_t asked_before_search = 8;
    const std::string_view wanted = simple.value;
    auto& search = searches_[&simple];
    if (++search.asked <= asked_before_search) return has_part(tree_.text_of(element), wanted, simple.ignore_case);
    if (wanted.empty()) return true;
    if (search.asked == asked_before_search + 1) {  // from now on: search the page once, then look up
        if (simple.ignore_case && folded_text_.empty()) {
            folded_text_ = tree_.text;
            std::transform(folded_text_.begin(), folded_text_.end(), folded_text_.begin(), fold);
        }
        const std::string_view text = simple.ignore_case ? folded_text_ : tree_.text;
        for (auto place = text.find(wanted); place != text.npos; place = text.find(wanted, place + 1))
            search.places.push_back(place);
    }
    const std::size_t begin = tree_.nodes[element].text_begin;
    const auto first = std::lower_bound(search.places.begin(), search.places.end(), begin);
    return first != search.places.end() && *first + wanted.size() <= begin + tree_.text_of(element).size();
}

bool matcher::lang(std::string_view wanted, std::uint32_t element) const {
    for (auto at = element; at != none; at = tree_.parent_element(at)) {
        const auto* lang = tree_.attribute(at, "lang");
        if (!lang) continue;
        return equal(lang->value.substr(0, wanted.size()), wanted, true) &&
               (lang->value.size() == wanted.size() || lang->value[wanted.size()] == '-');
    }
    return false;
}

bool matcher::has(const simple_selector& simple, std::uint32_t element) {
    return std::any_of(simple.inner->alternatives.begin(), simple.inner->alternatives.end(),
                       [&](const complex_selector& each) { return reaches(each, 0, element); });
}

// :has works from left to right: is there an element in this relation to `from` that matches the compound `next`, and
// that reaches the ones after it? Each (compound, element) is worked out once, so a page costs (elements × compounds).
bool matcher::reaches(const complex_selector& complex, std::size_t next, std::uint32_t from) {
    switch (complex.compounds[next].left) {
        case combinator::child:
            return reaches_child(complex, next, from);
        case combinator::next_sibling: {
            const auto beside = tree_.nodes[from].next;
            return beside != none && hits(complex, next, beside);
        }
        case combinator::later_sibling:
            return reaches_later(complex, next, from);
        default:
            return reaches_below(complex, next, from);
    }
}

bool matcher::hits(const complex_selector& complex, std::size_t next, std::uint32_t element) {
    return matches(complex.compounds[next], element) &&
           (next + 1 == complex.compounds.size() || reaches(complex, next + 1, element));
}

bool matcher::reaches_child(const complex_selector& complex, std::size_t next, std::uint32_t from) {
    const key here{&complex.compounds[next], from};
    if (const auto known = reached_.find(here); known != reached_.end()) return known->second;
    bool found = false;
    for (auto i = from + 1; i < tree_.nodes[from].end && !found; i = tree_.nodes[i].end)
        found = tree_.is_element(i) && hits(complex, next, i);
    reached_.insert_or_assign(here, found);
    return found;
}

bool matcher::reaches_later(const complex_selector& complex, std::size_t next, std::uint32_t from) {
    const void* part = &complex.compounds[next];
    bool found = false;
    auto at = from;
    for (; tree_.nodes[at].next != none && !found; at = found ? at : tree_.nodes[at].next) {
        if (const auto known = reached_.find({part, at}); known != reached_.end()) {
            found = known->second;
            break;
        }
        found = hits(complex, next, tree_.nodes[at].next);
    }
    for (auto passed = from; passed != none; passed = tree_.nodes[passed].next) {
        reached_.insert_or_assign({part, passed}, found);
        if (passed == at) break;
    }
    return found;
}

bool matcher::reaches_below(const complex_selector& complex, std::size_t next, std::uint32_t from) {
    const void* part = &complex.compounds[next];
    auto match = none;
    auto at = from;
    const auto end = tree_.nodes[from].end;
    while (at < end && match == none) {
        if (!tree_.is_element(at)) {
            ++at;
        } else if (at != from && hits(complex, next, at)) {
            match = at;
        } else if (const auto known = reached_.find({part, at}); known == reached_.end()) {
            ++at;
        } else if (known->second) {
            match = at + 1;  // something below `at`
        } else {
            at = tree_.nodes[at].end;
        }
    }
    // What this look through the subtree told about the elements in it.
    for (auto i = from; i < at && i < end; ++i)
        if (tree_.is_element(i))
            reached_.try_emplace({part, i}, match != none && match > i && match < tree_.nodes[i].end);
    return match != none;
}

}  // namespace croft::text::css
