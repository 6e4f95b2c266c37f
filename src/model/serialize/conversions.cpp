// What turns a source's way of writing things into ours: the conversions of rules.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "croft/html.hpp"
#include "croft/json.hpp"
#include "croft/rules.hpp"

namespace croft {

namespace {

constexpr std::string_view no_break_space = "\u00a0", narrow_space = "\u202f", thin_space = "\u2009";

/// Takes white space off both ends.
std::string_view trimmed_text(std::string_view text) {
    const auto blank_at_start = [&]() -> std::size_t {
        if (text.empty()) return 0;
        if (std::string_view(" \t\r\n\f\v").find(text.front()) != std::string_view::npos) return 1;
        for (auto space : {no_break_space, narrow_space, thin_space})
            if (text.starts_with(space)) return space.size();
        return 0;
    };
    const auto blank_at_end = [&]() -> std::size_t {
        if (text.empty()) return 0;
        if (std::string_view(" \t\r\n\f\v").find(text.back()) != std::string_view::npos) return 1;
        for (auto space : {no_break_space, narrow_space, thin_space})
            if (text.ends_with(space)) return space.size();
        return 0;
    };
    while (const auto n = blank_at_start()) text.remove_prefix(n);
    while (const auto n = blank_at_end()) text.remove_suffix(n);
    return text;
}

/// Applies `fn` to texts and leaves everything else as it is.
template <class F>
auto of_text(F fn) {
    return [fn](value v, const field_info& field) -> value {
        if (auto* text = std::get_if<std::string>(&v)) return fn(std::move(*text), field);
        return v;
    };
}

bool digits_only(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// "1.234.567" without its groups; empty when they aren't groups of three (or, as in India, of two before the last).
std::string without_groups(std::string_view whole, std::string_view group) {
    std::string out;
    std::vector<std::size_t> sizes;
    while (true) {
        const auto at = group.empty() ? std::string_view::npos : whole.find(group);
        const auto one = whole.substr(0, at);
        if (!digits_only(one)) return {};
        sizes.push_back(one.size());
        out += one;
        if (at == std::string_view::npos) break;
        whole.remove_prefix(at + group.size());
    }
    if (sizes.size() == 1) return out;
    const bool western = std::all_of(sizes.begin() + 1, sizes.end(), [](auto n) { return n == 3; });
    const bool indian =
        sizes.back() == 3 && std::all_of(sizes.begin() + 1, sizes.end() - 1, [](auto n) { return n == 2; });
    return sizes.front() <= 3 && (western || (indian && sizes.front() <= 2)) ? out : std::string();
}

value read_number(const std::string& text, number_format format) {
    auto rest = trimmed_text(text);
    std::string plain;
    if (rest.starts_with("-") || rest.starts_with("\u2212")) plain = "-";
    if (rest.starts_with("+") || rest.starts_with("-")) rest.remove_prefix(1);
    if (rest.starts_with("\u2212")) rest.remove_prefix(3);
    std::string spaced;  // every kind of space as a blank
    for (std::size_t i = 0; i < rest.size();) {
        const auto here = rest.substr(i);
        const auto space = format.group != ' '                ? std::string_view()
                           : here.starts_with(no_break_space) ? no_break_space
                           : here.starts_with(narrow_space)   ? narrow_space
                           : here.starts_with(thin_space)     ? thin_space
                                                              : std::string_view();
        spaced += space.empty() ? here.front() : ' ';
        i += space.empty() ? 1 : space.size();
    }
    const std::string_view all = spaced;
    const auto point = all.find(format.decimal);
    const char group[] = {format.group, 0};
    const auto whole = without_groups(all.substr(0, point), format.group ? group : "");
    const auto fraction = point == std::string_view::npos ? std::string_view() : all.substr(point + 1);
    if (whole.empty() || (point != std::string_view::npos && !digits_only(fraction)))
        throw error(fmt::format("{} is not a number as 1{}234{}5", quoted(text),
                                format.group ? std::string(1, format.group) : "", format.decimal));
    plain += whole;
    if (!fraction.empty()) plain += "." + std::string(fraction);
    const auto read = json::try_parse(fraction.empty() && whole.size() > 1 && whole[0] == '0'
                                          ? plain.substr(0, plain[0] == '-') +
                                                whole.substr(std::min(whole.find_first_not_of('0'), whole.size() - 1))
                                          : plain);
    return read ? to_value(*read) : value(std::stod(plain));  // 007.5 is no JSON
}

value read_word(const std::string& text, const std::vector<std::string_view>& yes,
                const std::vector<std::string_view>& no) {
    std::string word(trimmed_text(text));
    std::ranges::transform(word, word.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (std::ranges::find(yes, word) != yes.end()) return true;
    if (std::ranges::find(no, word) != no.end()) return false;
    throw error(fmt::format("{} is neither {} nor {}", quoted(text), quoted(yes.front()), quoted(no.front())));
}

value since_1970(value v, double microseconds) {
    if (auto* text = std::get_if<std::string>(&v)) v = read_number(*text, {});
    if (auto* whole = std::get_if<std::int64_t>(&v);
        whole && std::abs(static_cast<double>(*whole)) < 9e18 / microseconds)
        return time_point(duration(*whole * static_cast<std::int64_t>(microseconds)));
    if (auto* real = std::get_if<double>(&v); real && std::abs(*real) < 9e18 / microseconds)
        return time_point(duration(std::llround(*real * microseconds)));
    throw error(to_text(v) + " is not a number of seconds since 1970");
}

}  // namespace

void rules::trimmed::operator()(field_rule& rule) const {
    rule.convert.emplace_back(
        of_text([](const std::string& text, const field_info&) { return std::string(trimmed_text(text)); }));
}

void rules::html_entities::operator()(field_rule& rule) const {
    rule.convert.emplace_back(of_text([](const std::string& text, const field_info&) -> value {
        if (text.find('&') == std::string::npos) return text;
        std::string escaped = "<textarea>\n";  // in it a parser reads nothing but entities; the first line's end goes
        for (char c : text) escaped += c == '<' ? std::string("&lt;") : std::string(1, c);
        return html::document::parse(escaped + "</textarea>").one("textarea").raw_text();
    }));
}

void rules::unix_seconds::operator()(field_rule& rule) const {
    rule.convert.emplace_back([](value v, const field_info&) { return since_1970(std::move(v), 1e6); });
}

void rules::unix_millis::operator()(field_rule& rule) const {
    rule.convert.emplace_back([](value v, const field_info&) { return since_1970(std::move(v), 1e3); });
}

rule_option numbers(number_format format) {
    return [format](field_rule& rule) {
        rule.convert.emplace_back(
            of_text([format](const std::string& text, const field_info&) { return read_number(text, format); }));
    };
}

rule_option yes_no() {
    return [](field_rule& rule) {
        rule.convert.emplace_back(of_text([](const std::string& text, const field_info&) {
            return read_word(text, {"yes", "y", "true", "t", "on", "1"}, {"no", "n", "false", "f", "off", "0"});
        }));
    };
}

rule_option yes_no(std::string yes, std::string no) {
    return [yes = std::move(yes), no = std::move(no)](field_rule& rule) {
        rule.convert.emplace_back(of_text([yes, no](const std::string& text, const field_info&) -> value {
            const auto word = trimmed_text(text);
            if (word == yes) return true;
            if (word == no) return false;
            throw error(fmt::format("{} is neither {} nor {}", quoted(text), quoted(yes), quoted(no)));
        }));
    };
}

rule_option mapped(std::vector<std::pair<std::string, std::string>> words) {
    return [words = std::move(words)](field_rule& rule) {
        rule.convert.emplace_back([words](value v, const field_info&) -> value {
            const auto* text = std::get_if<std::string>(&v);
            const auto code = text ? *text : to_text(v);
            const auto at = std::ranges::find(words, code, &std::pair<std::string, std::string>::first);
            if (at != words.end()) return at->second;
            std::string known;
            for (const auto& [from, to] : words) known += (known.empty() ? "" : ", ") + quoted(from);
            throw error(fmt::format("{} is none of {}", to_text(v), known));
        });
    };
}

rule_option rounded(int decimals) {
    return [decimals](field_rule& rule) {
        rule.convert.emplace_back([decimals](value v, const field_info&) {
            const double scale = std::pow(10, decimals);
            if (auto* number = std::get_if<double>(&v)) *number = std::round(*number * scale) / scale;
            return v;
        });
    };
}

}  // namespace croft
