#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "text/css.hpp"
#include "text/css_pseudo.hpp"
#include "text/location.hpp"
#include "text/utf8.hpp"

namespace croft::text::css {
namespace {

constexpr std::size_t longest_text = 16 * 1024;
constexpr std::size_t most_compounds = 64;
constexpr int deepest = 16;

struct stop {
    std::size_t place;
    std::string message;
};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-' || c == '_' || (c & 0x80) != 0;
}
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

std::string lower(std::string_view text) {
    std::string out(text);
    for (auto& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

// HTML standard 4.16.2: values of these attributes match regardless of ASCII case.
bool compares_without_case(std::string_view attribute) {
    static constexpr std::string_view names[] = {
        "accept",     "accept-charset", "align",     "alink",    "axis",     "bgcolor", "charset",
        "checked",    "clear",          "codetype",  "color",    "compact",  "declare", "defer",
        "dir",        "direction",      "disabled",  "enctype",  "face",     "frame",   "hreflang",
        "http-equiv", "lang",           "language",  "link",     "media",    "method",  "multiple",
        "nohref",     "noresize",       "noshade",   "nowrap",   "readonly", "rel",     "rev",
        "rules",      "scope",          "scrolling", "selected", "shape",    "target",  "text",
        "type",       "valign",         "valuetype", "vlink"};
    return std::find(std::begin(names), std::end(names), attribute) != std::end(names);
}

// Throws `stop`, inside this file only. Recursion is bounded by `depth_`.
class parser {
public:
    explicit parser(std::string_view text, int depth = 0) : text_(text), depth_(depth) {}

    selector_list whole() {
        auto list = read_list(false);
        if (place_ < text_.size()) fail_at_next();
        return list;
    }

private:
    [[noreturn]] void fail(std::string message) const { throw stop{place_, std::move(message)}; }
    [[noreturn]] void fail_at_next() const {
        if (place_ >= text_.size()) fail("the selector ends too early");
        const auto length = std::max<std::size_t>(1, utf8_length(text_.substr(place_)));
        fail(fmt::format("'{}' can't stand here", repair_utf8(text_.substr(place_, length))));
    }

    char peek(std::size_t ahead = 0) const { return place_ + ahead < text_.size() ? text_[place_ + ahead] : '\0'; }
    bool take(char c) { return place_ < text_.size() && text_[place_] == c && ++place_; }
    void expect(char c) {
        if (!take(c)) fail(fmt::format("expected '{}'", c));
    }
    bool skip_space() {
        const auto start = place_;
        for (;;) {
            while (place_ < text_.size() && is_space(text_[place_])) ++place_;
            if (!text_.substr(place_).starts_with("/*")) return place_ != start;
            const auto end = text_.find("*/", place_ + 2);
            if (end == text_.npos) fail("a comment that doesn't end");
            place_ = end + 2;
        }
    }

    // ---- lists and combinators (Selectors 4, section 4 and 15)

    selector_list read_list(bool relative) {
        selector_list list;
        do list.alternatives.push_back(read_complex(relative));
        while (take(','));
        return list;
    }

    std::optional<combinator> take_combinator() {
        const bool space = skip_space();
        std::optional<combinator> found;
        if (take('>'))
            found = combinator::child;
        else if (take('+'))
            found = combinator::next_sibling;
        else if (take('~'))
            found = combinator::later_sibling;
        if (found)
            skip_space();
        else if (space)
            found = combinator::descendant;
        return found;
    }

    bool at_end_of_complex() const { return place_ >= text_.size() || peek() == ',' || peek() == ')'; }

    complex_selector read_complex(bool relative) {
        complex_selector complex;
        auto left = take_combinator().value_or(combinator::descendant);
        if (left == combinator::descendant && !relative) left = combinator::none;
        for (;;) {
            if (complex.compounds.size() == most_compounds) fail("too many compound selectors in a row");
            complex.compounds.push_back(read_compound(left));
            const auto next = take_combinator();
            if (at_end_of_complex() && (!next || *next == combinator::descendant)) return complex;
            if (!next) fail_at_next();
            left = *next;
        }
    }

    compound_selector read_compound(combinator left) {
        compound_selector compound{.left = left, .tests = {}};
        read_type(compound.tests);
        for (;;) {
            switch (peek()) {
                case '#':
                    ++place_, compound.tests.push_back({.kind = test::id, .value = read_name()});
                    continue;
                case '.':
                    ++place_, compound.tests.push_back({.kind = test::class_, .value = read_name()});
                    continue;
                case '[':
                    compound.tests.push_back(read_attribute());
                    continue;
                case ':':
                    compound.tests.push_back(read_pseudo());
                    continue;
                default:
                    break;
            }
            if (compound.tests.empty()) fail_at_next();
            return compound;
        }
    }

    void read_type(std::vector<simple_selector>& tests) {
        if (text_.substr(place_).starts_with("*|")) place_ += 2;  // any namespace: what we match anyway
        if (take('*')) {
            tests.push_back({.kind = test::any});
        } else if (is_name_char(peek()) || peek() == '\\') {
            tests.push_back({.kind = test::tag, .name = lower(read_name())});
        }
        if (!tests.empty() && peek() == '|') fail("namespaces aren't supported");
    }

    // ---- names and strings (CSS Syntax 3, 4.3)

    std::string read_name() {
        std::string name;
        for (;;) {
            if (is_name_char(peek())) {
                name.push_back(text_[place_++]);
            } else if (peek() == '\\') {
                read_escape(name);
            } else {
                break;
            }
        }
        if (name.empty()) fail("expected a name");
        return repair_utf8(name);
    }

    void read_escape(std::string& out) {
        ++place_;
        if (place_ >= text_.size() || peek() == '\n' || peek() == '\r' || peek() == '\f')
            fail("an escape that escapes nothing");
        if (!is_hex(peek())) {
            out.push_back(text_[place_++]);
            return;
        }
        std::uint32_t code = 0;
        for (int digits = 0; digits < 6 && is_hex(peek()); ++digits, ++place_) {
            std::uint32_t digit = 0;
            std::from_chars(&text_[place_], &text_[place_] + 1, digit, 16);
            code = code * 16 + digit;
        }
        if (peek() == '\r' && peek(1) == '\n') ++place_;
        if (is_space(peek())) ++place_;
        append_utf8(out, code == 0 ? 0xFFFD : code);
    }

    std::string read_string() {
        const char quote = text_[place_++];
        std::string value;
        while (!take(quote)) {
            if (place_ >= text_.size()) fail("a string that doesn't end");
            if (peek() == '\\' && (peek(1) == '\n' || peek(1) == '\f')) {
                place_ += 2;  // an escaped line break is nothing
            } else if (peek() == '\\') {
                read_escape(value);
            } else {
                value.push_back(text_[place_++]);
            }
        }
        return repair_utf8(value);
    }

    // ---- attributes (Selectors 4, section 6)

    simple_selector read_attribute() {
        ++place_;
        skip_space();
        if (text_.substr(place_).starts_with("*|")) place_ += 2;
        simple_selector out{.kind = test::attribute, .name = lower(read_name())};
        out.ignore_case = compares_without_case(out.name);
        skip_space();
        if (take(']')) return out;
        out.op = read_operator();
        skip_space();
        out.value = peek() == '"' || peek() == '\'' ? read_string() : read_bare_value();
        skip_space();
        if (const auto flag = static_cast<char>(peek() | 0x20); (flag == 'i' || flag == 's') && place_ < text_.size()) {
            ++place_;
            out.ignore_case = flag == 'i';
            skip_space();
        }
        expect(']');
        return out;
    }

    char read_operator() {
        if (take('=')) return '=';
        const char op = peek();
        if (op == '\0' || !std::string_view("~|^$*!").contains(op) || peek(1) != '=')
            fail("expected ']' or an operator");
        place_ += 2;
        return op;
    }

    // A browser wants a name here; pages and habits have [tabindex=-1] and [href*=#] too.
    std::string read_bare_value() {
        std::string value;
        while (place_ < text_.size() && !is_space(peek()) && !std::string_view("]\"'=<>`").contains(peek())) {
            if (peek() == '\\') {
                read_escape(value);
            } else {
                value.push_back(text_[place_++]);
            }
        }
        if (value.empty()) fail("expected a value");
        return repair_utf8(value);
    }

    // ---- pseudo-classes

    simple_selector read_pseudo() {
        const auto start = place_++;
        if (peek() == ':')
            fail("a pseudo-element is no element: take the text or attribute of what is selected instead");
        const auto name = lower(read_name());
        if (peek() == '(') return read_function(name, start);
        if (name == "empty") return {.kind = test::empty};
        if (name == "root") return {.kind = test::root};
        if (name == "scope") return {.kind = test::scope};
        if (needs_a_browser(name)) return {.kind = test::never};
        if (const auto meaning = shorthand(name); !meaning.empty()) return expanded(meaning);
        throw stop{start, fmt::format("unknown pseudo-class ':{}'", name)};
    }

    static simple_selector expanded(std::string_view meaning) {
        return {.kind = test::is, .inner = std::make_shared<selector_list>(parser(meaning).whole())};
    }

    simple_selector read_function(const std::string& name, std::size_t start) {
        if (depth_ == deepest) fail("too many parentheses in each other");
        ++depth_;
        ++place_;
        simple_selector out;
        if (name == "is" || name == "where" || name == "matches" || name == "any") {
            out = {.kind = test::is, .inner = read_inner(false, true)};
        } else if (name == "not") {
            out = {.kind = test::is_not, .inner = read_inner(false, false)};
        } else if (name == "has") {
            out = {.kind = test::has, .inner = read_inner(true, false)};
        } else if (name == "contains" || name == "icontains") {
            out = {.kind = test::contains, .value = read_text_argument(), .ignore_case = name == "icontains"};
            if (out.ignore_case) out.value = lower(out.value);
        } else if (name == "lang") {
            out = {.kind = test::lang, .value = lower(read_text_argument())};
        } else if (name == "nth-child" || name == "nth-last-child" || name == "nth-of-type" ||
                   name == "nth-last-of-type") {
            out = read_nth(name);
        } else {
            throw stop{start, fmt::format("unknown pseudo-class ':{}()'", name)};
        }
        --depth_;
        expect(')');
        return out;
    }

    std::shared_ptr<const selector_list> read_inner(bool relative, bool may_be_empty) {
        skip_space();
        if (may_be_empty && peek() == ')') return std::make_shared<selector_list>();
        return std::make_shared<selector_list>(read_list(relative));
    }

    // A string, or anything up to the closing parenthesis, with balanced ones inside.
    std::string read_text_argument() {
        skip_space();
        if (peek() == '"' || peek() == '\'') {
            auto value = read_string();
            skip_space();
            return value;
        }
        std::string value;
        for (int open = 0; place_ < text_.size() && (open > 0 || peek() != ')');) {
            if (peek() == '\\') {
                read_escape(value);
                continue;
            }
            open += peek() == '(' ? 1 : peek() == ')' ? -1 : 0;
            value.push_back(text_[place_++]);
        }
        while (!value.empty() && is_space(value.back())) value.pop_back();
        return repair_utf8(value);
    }

    // ---- an+b (CSS Syntax 3, section 6), with `of S`

    simple_selector read_nth(std::string_view name) {
        simple_selector out{.kind = test::nth};
        out.from_end = name.starts_with("nth-last");
        out.of_type = name.ends_with("of-type");
        skip_space();
        out.formula = read_formula();
        const bool space = skip_space();
        if (space && !out.of_type && lower(text_.substr(place_, 2)) == "of" && !is_name_char(peek(2))) {
            place_ += 2;
            out.inner = std::make_shared<selector_list>(read_list(false));
        }
        return out;
    }

    bool take_word(std::string_view word) {
        if (lower(text_.substr(place_, word.size())) != word || is_name_char(peek(word.size()))) return false;
        place_ += word.size();
        return true;
    }

    nth_formula read_formula() {
        if (take_word("odd")) return {2, 1};
        if (take_word("even")) return {2, 0};
        const std::int64_t sign = take('-') ? -1 : (take('+'), 1);
        const auto first = read_digits();
        if (peek() != 'n' && peek() != 'N') {
            if (!first) fail("expected a position: odd, even, 3, 2n+1");
            return {0, sign * *first};
        }
        ++place_;
        nth_formula out{sign * first.value_or(1), 0};
        const auto before = place_;
        skip_space();
        if (peek() == '+' || peek() == '-') {
            const std::int64_t sign_b = text_[place_++] == '-' ? -1 : 1;
            skip_space();
            const auto b = read_digits();
            if (!b) fail("expected a number");
            out.b = sign_b * *b;
        } else {
            place_ = before;
        }
        return out;
    }

    // No page has a billionth child; larger numbers are cut to that.
    std::optional<std::int64_t> read_digits() {
        const auto start = place_;
        std::int64_t value = 0;
        for (; is_digit(peek()); ++place_) value = std::min<std::int64_t>(value * 10 + (peek() - '0'), 1'000'000'000);
        if (place_ == start) return std::nullopt;
        return value;
    }

    std::string_view text_;
    std::size_t place_ = 0;
    int depth_;
};

}  // namespace

parsed<std::shared_ptr<const selector_list>> parse(std::string_view text) {
    try {
        if (text.size() > longest_text) throw stop{longest_text, "a selector this long"};
        return std::make_shared<selector_list>(parser(text).whole());
    } catch (const stop& where) {
        return std::unexpected(failure_at(text, where.place, where.message));
    }
}

}  // namespace croft::text::css
