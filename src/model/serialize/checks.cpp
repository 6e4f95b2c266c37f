// What a field's value must be: the validators of rules.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/text.hpp"
#include "croft/rules.hpp"
#include "text/regex.hpp"

namespace croft {

namespace {

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::optional<double> number_of(const value& v) {
    if (auto* whole = std::get_if<std::int64_t>(&v)) return static_cast<double>(*whole);
    if (auto* real = std::get_if<double>(&v)) return *real;
    if (auto* exact = std::get_if<decimal_value>(&v)) return std::stod(to_text(*exact));
    return std::nullopt;
}

/// one_of(1, 2) holds for numbers of every kind.
bool is_same(const value& a, const value& b) {
    if (a.index() == b.index()) return a == b;
    const auto x = number_of(a), y = number_of(b);
    return x && y && *x == *y;
}

std::string_view text_of(const value& v) {
    if (auto* text = std::get_if<std::string>(&v)) return *text;
    throw error(to_text(v) + " is not a text");
}

}  // namespace

rule_option max_length(std::size_t most) {
    return [most](field_rule& rule) {
        rule.check.emplace_back([most](const value& v) {
            if (const auto n = characters(text_of(v)); n > most)
                throw error(fmt::format("{} characters long; at most {} are allowed", n, most));
        });
    };
}

rule_option length(std::size_t least, std::size_t most) {
    return [least, most](field_rule& rule) {
        rule.check.emplace_back([least, most](const value& v) {
            if (const auto n = characters(text_of(v)); n < least || n > most)
                throw error(fmt::format("{} characters long; {} to {} are allowed", n, least, most));
        });
    };
}

rule_option in_range(double lowest, double highest) {
    return [lowest, highest](field_rule& rule) {
        rule.check.emplace_back([lowest, highest](const value& v) {
            const auto number = number_of(v);
            if (!number) throw error(to_text(v) + " is not a number");
            if (!(*number >= lowest && *number <= highest))
                throw error(fmt::format("{} is not within {} … {}", *number, lowest, highest));
        });
    };
}

rule_option pattern(std::string expression) {
    if (auto wrong = text::regex::parse(expression); !wrong)
        throw config_error(fmt::format("pattern({}): {}", quoted(expression), wrong.error().describe()));
    const auto whole = std::make_shared<const text::regex>(text::regex::checked("^(?:" + expression + ")$"));
    return [whole, expression](field_rule& rule) {
        rule.check.emplace_back([whole, expression](const value& v) {
            const auto text = text_of(v);
            if (!whole->found_in(text)) throw error(fmt::format("{} doesn't match {}", quoted(text), expression));
        });
    };
}

rule_option rules::one_of(std::vector<value> allowed) {
    return [allowed = std::move(allowed)](field_rule& rule) {
        rule.check.emplace_back([allowed](const value& v) {
            if (std::ranges::any_of(allowed, [&](const value& one) { return is_same(one, v); })) return;
            std::string all;
            for (const auto& one : allowed) all += (all.empty() ? "" : ", ") + to_text(one);
            throw error(fmt::format("{} is none of {}", to_text(v), all));
        });
    };
}

}  // namespace croft
