// The pattern's grammar, its translation to steps, and its words for PostgreSQL.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/text.hpp"
#include "text/regex.hpp"
#include "text/utf8.hpp"
#include "text/utf8_read.hpp"

namespace croft::text {

namespace {

constexpr std::size_t most_steps = 20'000;
constexpr std::uint32_t most_repeats = 255;  // PostgreSQL's limit
constexpr std::uint32_t unlimited = UINT32_MAX;

struct failure {
    std::string message;
    std::size_t at;
};

bool is_digit(std::uint32_t c) { return c >= '0' && c <= '9'; }
bool is_word(std::uint32_t c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_punctuation(std::uint32_t c) { return c > ' ' && c < 0x7F && (!is_word(c) || c == '_'); }

void write_literal(std::string& out, std::uint32_t c) {
    if (is_punctuation(c) && c != '_') out += '\\';
    append_utf8(out, c);
}

}  // namespace

class regex_parser {
public:
    using range = regex::range;
    struct node {
        enum class kind : std::uint8_t { nothing, character, set, at_start, at_end, sequence, choice, repeat } what;
        std::uint32_t character = 0, low = 0, high = 0;
        bool negated = false;
        std::vector<range> ranges{};
        std::vector<std::unique_ptr<node>> parts{};
    };
    using tree = std::unique_ptr<node>;
    using kind = node::kind;

    explicit regex_parser(std::string_view pattern) : text_(pattern) {}

    regex parse(bool ignore_case) {
        if (const auto bad = first_invalid_utf8(text_); bad < text_.size()) fail("it isn't valid UTF-8", bad);
        if (text_.find('\0') != text_.npos) fail("a text can't hold a zero byte", text_.find('\0'));
        const auto whole = choice(0);
        if (at_ < text_.size()) fail("a ) without its (", at_);
        made_.ignore_case_ = ignore_case;
        emit(*whole);
        add(regex::op::found);
        write(*whole);
        return std::move(made_);
    }

private:
    [[noreturn]] static void fail(std::string message, std::size_t at) { throw failure{std::move(message), at}; }
    bool ended() const { return at_ >= text_.size(); }
    bool take(char c) {
        if (ended() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    std::uint32_t next() { return read_utf8(text_, at_); }
    static tree make(kind what) { return std::make_unique<node>(node{what}); }

    tree choice(int depth) {
        if (depth > 100) fail("groups lie too deep", at_);
        auto all = make(kind::choice);
        do all->parts.push_back(sequence(depth));
        while (take('|'));
        return all->parts.size() == 1 ? std::move(all->parts.front()) : std::move(all);
    }

    tree sequence(int depth) {
        auto all = make(kind::sequence);
        while (!ended() && text_[at_] != '|' && text_[at_] != ')') {
            auto one = atom(depth);
            all->parts.push_back(repeated(std::move(one)));
        }
        return all;
    }

    tree atom(int depth) {
        const auto start = at_;
        const auto c = next();
        switch (c) {
            case '(': {
                if (take('?') && !take(':')) fail("of the groups with (? only (?: ) is known", start);
                auto inside = choice(depth + 1);
                if (!take(')')) fail("a ( without its )", start);
                return inside;
            }
            case '[':
                return bracket(start);
            case '.': {
                auto any = make(kind::set);
                any->negated = true;
                return any;
            }
            case '^':
                return make(kind::at_start);
            case '$':
                return make(kind::at_end);
            case '*':
            case '+':
            case '?':
            case '{':
                fail("there is nothing before it that could be repeated; write \\ before a mark that stands for itself",
                     start);
            case ']':
            case '}':
                fail("write \\ before a bracket that stands for itself", start);
            case '\\':
                return escape(start);
            default: {
                auto one = make(kind::character);
                one->character = c;
                return one;
            }
        }
    }

    tree repeated(tree one) {
        if (ended()) return one;
        const auto start = at_;
        std::uint32_t low = 0, high = unlimited;
        if (take('*')) {
        } else if (take('+')) {
            low = 1;
        } else if (take('?')) {
            high = 1;
        } else if (take('{')) {
            low = number();
            if (!take(','))
                high = low;
            else if (!ended() && text_[at_] != '}')
                high = number();
            if (!take('}') || (high != unlimited && high < low))
                fail("a repetition is written {2}, {2,} or {2,5}", start);
        } else {
            return one;
        }
        take('?');  // the shortest match: the same answer to whether there is one
        if (one->what == kind::at_start || one->what == kind::at_end) fail("^ and $ can't be repeated", start);
        if (!ended() && (text_[at_] == '*' || text_[at_] == '+' || text_[at_] == '?' || text_[at_] == '{'))
            fail("a repetition of a repetition; put a group around it", at_);
        auto made = make(kind::repeat);
        made->low = low, made->high = high;
        made->parts.push_back(std::move(one));
        return made;
    }

    std::uint32_t number() {
        const auto start = at_;
        std::uint32_t read = 0;
        while (!ended() && is_digit(static_cast<unsigned char>(text_[at_])) && read <= most_repeats)
            read = read * 10 + static_cast<std::uint32_t>(text_[at_++] - '0');
        if (at_ == start) fail("a repetition is written {2}, {2,} or {2,5}", start);
        if (read > most_repeats) fail(fmt::format("at most {} repetitions", most_repeats), start);
        return read;
    }

    /// The ranges of \d, \w or \s; empty for anything else.
    static std::vector<range> shorthand(std::uint32_t letter) {
        switch (letter) {
            case 'd':
                return {{'0', '9'}};
            case 'w':
                return {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
            case 's':
                return {{'\t', '\r'}, {' ', ' '}};
            default:
                return {};
        }
    }

    std::uint32_t escaped(std::size_t start) {
        if (ended()) fail("a lone \\ at the end", start);
        const auto c = next();
        if (c == 'n') return '\n';
        if (c == 'r') return '\r';
        if (c == 't') return '\t';
        if (!is_punctuation(c))
            fail("unknown: \\ stands before punctuation marks, or is one of \\d \\w \\s \\D \\W \\S \\n \\r \\t",
                 start);
        return c;
    }

    tree escape(std::size_t start) {
        const auto letter = ended() ? 0 : static_cast<unsigned char>(text_[at_]);
        const bool upper = letter == 'D' || letter == 'W' || letter == 'S';
        if (auto ranges = shorthand(upper ? letter + ('a' - 'A') : letter); !ranges.empty()) {
            ++at_;
            auto set = make(kind::set);
            set->ranges = std::move(ranges);
            set->negated = upper;
            return set;
        }
        auto one = make(kind::character);
        one->character = escaped(start);
        return one;
    }

    tree bracket(std::size_t start) {
        auto set = make(kind::set);
        set->negated = take('^');
        do {
            if (ended()) fail("a [ without its ]", start);
            const auto from = at_;
            if (text_[at_] == '[')
                fail("write \\[ for a bracket within brackets; classes as [:alpha:] are not known", from);
            const auto low = next();
            if (low == '\\' && !ended()) {
                if (auto ranges = shorthand(static_cast<unsigned char>(text_[at_])); !ranges.empty()) {
                    ++at_;
                    set->ranges.insert(set->ranges.end(), ranges.begin(), ranges.end());
                    continue;
                }
            }
            const auto first = low == '\\' ? escaped(from) : low;
            auto last = first;
            if (at_ + 1 < text_.size() && text_[at_] == '-' && text_[at_ + 1] != ']') {
                ++at_;
                const auto place = at_;
                last = next();
                if (last == '\\') last = escaped(place);
                if (last < first) fail("a range that runs backwards", from);
            }
            set->ranges.emplace_back(first, last);
        } while (!take(']'));
        return set;
    }

    // Translation

    std::uint32_t add(regex::op what, std::uint32_t a = 0, std::uint32_t b = 0) {
        if (made_.steps_.size() >= most_steps) fail("it is too long, or repeats too much", 0);
        made_.steps_.push_back({what, a, b});
        return static_cast<std::uint32_t>(made_.steps_.size() - 1);
    }
    std::uint32_t here() const { return static_cast<std::uint32_t>(made_.steps_.size()); }

    static std::uint32_t lower(std::uint32_t c) { return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c; }

    /// With case ignored a text is compared as small letters: what the set holds of A to Z, it holds of a to z.
    std::uint32_t keep_set(std::vector<range> ranges) {
        if (made_.ignore_case_)
            for (std::size_t i = 0, size = ranges.size(); i < size; ++i) {
                const auto low = std::max<std::uint32_t>(ranges[i].first, 'A');
                const auto high = std::min<std::uint32_t>(ranges[i].second, 'Z');
                if (low <= high) ranges.emplace_back(lower(low), lower(high));
            }
        made_.sets_.push_back(std::move(ranges));
        return static_cast<std::uint32_t>(made_.sets_.size() - 1);
    }

    void emit(const node& n) {
        switch (n.what) {
            case kind::nothing:
                break;
            case kind::character:
                add(regex::op::character, made_.ignore_case_ ? lower(n.character) : n.character);
                break;
            case kind::set:
                add(n.negated ? regex::op::none_of : regex::op::any_of, keep_set(n.ranges));
                break;
            case kind::at_start:
                add(regex::op::at_start);
                break;
            case kind::at_end:
                add(regex::op::at_end);
                break;
            case kind::sequence:
                for (auto& part : n.parts) emit(*part);
                break;
            case kind::choice:
                emit_choice(n);
                break;
            case kind::repeat:
                emit_repeat(n);
                break;
        }
    }

    void emit_choice(const node& n) {
        std::vector<std::uint32_t> ends;
        for (std::size_t i = 0; i + 1 < n.parts.size(); ++i) {
            const auto fork = add(regex::op::split, here() + 1);
            emit(*n.parts[i]);
            ends.push_back(add(regex::op::jump));
            made_.steps_[fork].b = here();
        }
        emit(*n.parts.back());
        for (auto end : ends) made_.steps_[end].a = here();
    }

    void emit_repeat(const node& n) {
        for (std::uint32_t i = 0; i < n.low; ++i) emit(*n.parts.front());
        if (n.high == unlimited) {
            const auto fork = add(regex::op::split, here() + 1);
            emit(*n.parts.front());
            add(regex::op::jump, fork);
            made_.steps_[fork].b = here();
            return;
        }
        std::vector<std::uint32_t> forks;
        for (std::uint32_t i = n.low; i < n.high; ++i) {
            forks.push_back(add(regex::op::split, here() + 1));
            emit(*n.parts.front());
        }
        for (auto fork : forks) made_.steps_[fork].b = here();
    }

    void write(const node& n) {
        auto& out = made_.pattern_;
        switch (n.what) {
            case kind::nothing:
                break;
            case kind::character:
                write_literal(out, n.character);
                break;
            case kind::set:
                write_set(n);
                break;
            case kind::at_start:
                out += '^';
                break;
            case kind::at_end:
                out += '$';
                break;
            case kind::sequence:
                for (auto& part : n.parts) {
                    if (part->what == kind::choice) out += "(?:";
                    write(*part);
                    if (part->what == kind::choice) out += ')';
                }
                break;
            case kind::choice:
                for (std::size_t i = 0; i < n.parts.size(); ++i) {
                    if (i) out += '|';
                    write(*n.parts[i]);
                }
                break;
            case kind::repeat:
                out += "(?:";
                write(*n.parts.front());
                out += "){" + std::to_string(n.low) + ',';
                if (n.high != unlimited) out += std::to_string(n.high);
                out += '}';
                break;
        }
    }

    void write_set(const node& n) {
        auto& out = made_.pattern_;
        if (n.ranges.empty()) {
            out += '.';
            return;
        }
        out += n.negated ? "[^" : "[";
        for (auto& [low, high] : n.ranges) {
            write_literal(out, low);
            if (high == low) continue;
            out += '-';
            write_literal(out, high);
        }
        out += ']';
    }

    std::string_view text_;
    std::size_t at_ = 0;
    regex made_;
};

parsed<regex> regex::parse(std::string_view pattern, bool ignore_case) {
    try {
        return regex_parser(pattern).parse(ignore_case);
    } catch (const failure& f) {
        return std::unexpected(parse_failure{f.message, 1, f.at + 1});
    }
}

regex regex::checked(std::string_view pattern, bool ignore_case) {
    auto made = parse(pattern, ignore_case);
    if (made) return *std::move(made);
    throw error(fmt::format("the regular expression {}, at byte {}: {}", quoted(pattern), made.error().column,
                            made.error().message));
}

}  // namespace croft::text
