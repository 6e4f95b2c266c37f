#include "croft/condition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ranges>
#include <span>

#include "base/text.hpp"
#include "croft/error.hpp"
#include "text/regex.hpp"

namespace croft {

namespace {

constexpr std::string_view comparison_names[] = {
    "equal",    "not_equal",   "less",      "less_equal", "greater",      "greater_equal",
    "contains", "starts_with", "ends_with", "icontains",  "istarts_with", "iends_with",
    "iequal",   "matches",     "imatches",  "in",         "is_null"};

bool searches_text(comparison how) { return how >= comparison::contains && how <= comparison::imatches; }

/// Types that can be compared with each other share a number.
int family(const expression& e) {
    const auto type = e.stored_type();
    if (type == field_type::json) throw error(e.describe() + " is JSON: it can only be asked whether it is null");
    if (type == field_type::real || type <= field_type::integer64) return type == field_type::boolean ? 0 : -1;
    if (type == field_type::decimal && e.like()) return 1000 + e.like()->field().stored_as().scale;
    return static_cast<int>(type);
}

/// The value as it is compared with `left`.
value fitted(const expression& left, value right) {
    if (const auto* like = left.like()) return fit(like->owner(), like->field(), std::move(right));
    if (auto* number = std::get_if<double>(&right)) {
        if (left.type() == field_type::real) return right;
        if (*number == std::trunc(*number) && std::abs(*number) < 9e15) return static_cast<std::int64_t>(*number);
    } else if (auto* integer = std::get_if<std::int64_t>(&right)) {
        return left.type() == field_type::real ? value(static_cast<double>(*integer)) : right;
    }
    throw error(fmt::format("{} is {}: it can't be compared with {}", left.describe(),
                            left.type() == field_type::real ? "a number" : "an integer", to_text(right)));
}

}  // namespace

comparison comparison_named(std::string_view name) {
    const auto found = std::ranges::find(comparison_names, name);
    if (found != std::end(comparison_names)) return static_cast<comparison>(found - std::begin(comparison_names));
    throw error(fmt::format("there is no comparison \"{}\"{}", name,
                            did_you_mean(name, {std::begin(comparison_names), std::end(comparison_names)})));
}

struct condition::node {
    kind what = kind::always;
    std::optional<expression> left{}, other{};
    comparison how = comparison::equal;
    std::vector<value> right{};
    std::vector<condition> parts{};
    relation through{};
    std::shared_ptr<const selection> rows{};
};

condition::condition() noexcept = default;
condition::condition(const condition& other) noexcept = default;
condition::condition(condition&& other) noexcept = default;
condition& condition::operator=(const condition& other) noexcept = default;
condition& condition::operator=(condition&& other) noexcept = default;
condition::~condition() = default;

condition::kind condition::what() const noexcept { return node_ ? node_->what : kind::always; }
const expression& condition::left() const noexcept { return *node_->left; }
comparison condition::how() const noexcept { return node_->how; }
const std::vector<value>& condition::right() const noexcept { return node_->right; }
const expression* condition::other() const noexcept { return node_->other ? &*node_->other : nullptr; }
const std::vector<condition>& condition::parts() const noexcept { return node_->parts; }
const relation& condition::through() const noexcept { return node_->through; }
const selection& condition::rows() const noexcept { return *node_->rows; }

condition operator&&(condition a, condition b) {
    return condition::joined(condition::kind::all_of, std::move(a), std::move(b));
}
condition operator||(condition a, condition b) {
    return condition::joined(condition::kind::any_of, std::move(a), std::move(b));
}

selection::selection() = default;
selection::selection(const selection& other) = default;
selection::selection(selection&& other) noexcept = default;
selection& selection::operator=(const selection& other) = default;
selection& selection::operator=(selection&& other) noexcept = default;
selection::~selection() = default;

condition condition::made(node n) {
    condition out;
    out.node_ = std::make_shared<node>(std::move(n));
    return out;
}

condition condition::compare(expression left, comparison how, std::vector<value> right) {
    return made({.what = kind::compare, .left = std::move(left), .how = how, .right = std::move(right)});
}

condition condition::compare(path left, comparison how, std::vector<value> right) {
    return compare(expression(std::move(left)), how, std::move(right));
}

condition condition::compare_both(expression left, comparison how, expression right) {
    return made({.what = kind::compare, .left = std::move(left), .other = std::move(right), .how = how});
}

condition condition::related(relation through, condition inner) {
    return made({.what = kind::related, .parts = {std::move(inner)}, .through = std::move(through)});
}

condition condition::in(expression left, const selection& rows) {
    auto kept = std::make_shared<selection>(rows);
    if (kept->columns.empty())
        for (auto key : kept->model->keys) kept->columns.emplace_back(path{kept->model, {key}});
    if (kept->columns.size() != 1)
        throw error(
            fmt::format("{}: in() takes a query of one column, not of {}", left.describe(), kept->columns.size()));
    if (family(left) != family(kept->columns.front()))
        throw error(fmt::format("{} and {} are of different types: in() can't compare them", left.describe(),
                                kept->columns.front().describe()));
    return made({.what = kind::in_query, .left = std::move(left), .rows = std::move(kept)});
}

condition condition::joined(kind what, condition a, condition b) {
    if (a.what() == kind::always) return what == kind::all_of ? b : a;
    if (b.what() == kind::always) return what == kind::all_of ? a : b;
    std::vector<condition> parts;
    for (auto* side : {&a, &b}) {
        if (side->what() == what)
            parts.insert(parts.end(), side->parts().begin(), side->parts().end());
        else
            parts.push_back(std::move(*side));
    }
    return made({.what = what, .parts = std::move(parts)});
}

condition operator!(condition a) {
    return condition::made({.what = condition::kind::negation, .parts = {std::move(a)}});
}

namespace {

path rooted(const path& prefix, const path& p) {
    path whole = prefix;
    whole.steps.insert(whole.steps.end(), p.steps.begin(), p.steps.end());
    return whole;
}

expression rooted(const path& prefix, const expression& e) {
    if (e.what() == operation::field) return rooted(prefix, e.field());
    if (e.operands().empty()) return e;
    std::vector<expression> operands;
    for (auto& one : e.operands()) operands.push_back(rooted(prefix, one));
    return expression::of(e.what(), std::move(operands));
}

}  // namespace

condition rooted(const path& references, const condition& c) {
    switch (c.what()) {
        case condition::kind::always:
            return c;
        case condition::kind::compare:
            if (c.other())
                return condition::compare_both(rooted(references, c.left()), c.how(), rooted(references, *c.other()));
            return condition::compare(rooted(references, c.left()), c.how(), c.right());
        case condition::kind::in_query:
            return condition::in(rooted(references, c.left()), c.rows());
        case condition::kind::related: {
            auto through = c.through();
            through.from = rooted(references, through.from);
            return condition::related(std::move(through), c.parts().front());
        }
        case condition::kind::negation:
            return !rooted(references, c.parts().front());
        case condition::kind::all_of:
        case condition::kind::any_of:
            break;
    }
    auto all = rooted(references, c.parts().front());  // from an empty one, "or" would be always true
    for (auto& part : std::span(c.parts()).subspan(1))
        all = c.what() == condition::kind::all_of ? std::move(all) && rooted(references, part)
                                                  : std::move(all) || rooted(references, part);
    return all;
}

condition compare(path left, comparison how, value right) {
    return compare(expression(std::move(left)), how, std::move(right));
}

condition compare(expression left, comparison how, value right) {
    const bool on_null = is_null(right);
    if (on_null && how == comparison::not_equal) return !condition::compare(std::move(left), comparison::is_null, {});
    if (on_null && how == comparison::equal) return condition::compare(std::move(left), comparison::is_null, {});
    if (on_null) throw error(left.describe() + ": null can only be compared with == and !=");
    if (how == comparison::in) return one_of(std::move(left), {std::move(right)});
    if (how == comparison::is_null) {
        auto null = condition::compare(left, comparison::is_null, {});
        if (auto* wanted = std::get_if<bool>(&right)) return *wanted ? null : !null;
        throw error(left.describe() + ": is_null takes true or false");
    }
    if (searches_text(how) && left.type() != field_type::text)
        throw error(left.describe() + " is not a text: it can't be searched in");
    if (how == comparison::matches || how == comparison::imatches) {
        const auto* pattern = std::get_if<std::string>(&right);
        if (!pattern) throw error(fmt::format("{}: {} is not a regular expression", left.describe(), to_text(right)));
        text::regex::checked(*pattern);  // throws
        return condition::compare(std::move(left), how, {std::move(right)});
    }
    family(left);  // throws where there is nothing to compare
    value fitting = fitted(left, std::move(right));
    return condition::compare(std::move(left), how, {std::move(fitting)});
}

condition compare(expression left, comparison how, expression right) {
    if (how > comparison::greater_equal)
        throw error(fmt::format("{} and {}: two expressions are compared with ==, !=, <, <=, > or >=", left.describe(),
                                right.describe()));
    if (left.what() != operation::constant && right.what() == operation::constant)
        return compare(std::move(left), how, right.constant());
    if (family(left) != family(right))
        throw error(
            fmt::format("{} and {} are of different types: they can't be compared", left.describe(), right.describe()));
    return condition::compare_both(std::move(left), how, std::move(right));
}

condition one_of(expression left, std::vector<value> values) {
    std::erase_if(values, [](const value& v) { return is_null(v); });
    for (auto& v : values) v = fitted(left, std::move(v));
    return condition::compare(std::move(left), comparison::in, std::move(values));
}

}  // namespace croft
