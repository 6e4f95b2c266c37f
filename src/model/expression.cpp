#include "croft/expression.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "croft/error.hpp"

namespace croft {

namespace {

constexpr std::string_view symbols[] = {"", "", "+", "-", "*", "/", "%"};
constexpr std::string_view aggregates[] = {"count", "count", "count_distinct", "sum", "avg", "min", "max"};

std::string_view name_of(operation how) {
    return aggregates[static_cast<std::size_t>(how) - static_cast<std::size_t>(operation::count_rows)];
}

bool integral(field_type type) {
    return type == field_type::integer16 || type == field_type::integer32 || type == field_type::integer64;
}

field_type type_of(const value& v) {
    if (std::holds_alternative<bool>(v)) return field_type::boolean;
    if (std::holds_alternative<std::int64_t>(v)) return field_type::integer64;
    if (std::holds_alternative<double>(v)) return field_type::real;
    if (std::holds_alternative<bytes>(v)) return field_type::bytes;
    if (std::holds_alternative<time_point>(v)) return field_type::timestamp;
    if (std::holds_alternative<date>(v)) return field_type::date;
    if (std::holds_alternative<duration>(v)) return field_type::duration;
    if (std::holds_alternative<decimal_value>(v)) return field_type::decimal;
    if (std::holds_alternative<uuid>(v)) return field_type::uuid;
    if (std::holds_alternative<json_text>(v)) return field_type::json;
    return field_type::text;
}

/// What both engines can tell the least and the greatest of.
bool has_extremes(field_type type) {
    return type != field_type::boolean && type != field_type::bytes && type != field_type::uuid &&
           type != field_type::json;
}

/// Stored as integers on SQLite, so that sums are exact, and a sum is of the field's own type.
bool sums_to_itself(field_type type) { return type == field_type::decimal || type == field_type::duration; }

void require_number(const expression& of, std::string_view what) {
    if (!of.is_number()) throw error(fmt::format("{} is not a number: it can't be used in {}", of.describe(), what));
}

}  // namespace

const model_info& path::owner() const {
    const model_info* at = root;
    for (std::size_t i = 0; i + 1 < steps.size(); ++i) at = &at->fields[steps[i]].target();
    return *at;
}

const field_info& path::field() const { return owner().fields[steps.back()]; }

bool path::nullable() const {
    const model_info* at = root;
    for (auto step : steps) {
        const auto& field = at->fields[step];
        if (field.nullable) return true;
        if (field.target) at = &field.target();
    }
    return false;
}

std::string path::describe() const {
    std::string out = root->name;
    const model_info* at = root;
    for (auto step : steps) {
        const auto& field = at->fields[step];
        out += '.' + field.name;
        if (field.target) at = &field.target();
    }
    return out;
}

path path_to(const model_info& root, const std::vector<std::string_view>& names) {
    path found{&root, {}};
    const model_info* at = &root;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto index = at->index_of(names[i]);
        found.steps.push_back(index);
        if (i + 1 == names.size()) break;
        const auto& field = at->fields[index];
        if (field.type != field_type::reference)
            throw error(fmt::format("{}.{} is not a reference: \"{}\" can't be looked up through it", at->name,
                                    field.name, names[i + 1]));
        at = &field.target();
    }
    if (found.steps.empty()) throw error(root.name + ": an empty path names no field");
    return found;
}

path path_to(const model_info& root, std::string_view dotted) {
    std::vector<std::string_view> names;
    for (std::size_t from = 0;;) {
        const auto dot = dotted.find('.', from);
        names.push_back(dotted.substr(from, dot - from));
        if (dot == dotted.npos) break;
        from = dot + 1;
    }
    return path_to(root, names);
}

struct expression::node {
    operation what = operation::field;
    path field;
    value constant;
    std::vector<expression> operands;
    const model_info* root = nullptr;
    field_type type = field_type::integer64;
    bool nullable = false;
    bool aggregates = false;
};

expression::expression(const expression& other) noexcept = default;
expression::expression(expression&& other) noexcept = default;
expression& expression::operator=(const expression& other) noexcept = default;
expression& expression::operator=(expression&& other) noexcept = default;
expression::~expression() = default;
expression::expression(std::shared_ptr<const node> made) noexcept : node_(std::move(made)) {}

operation expression::what() const noexcept { return node_->what; }
const path& expression::field() const noexcept { return node_->field; }
const value& expression::constant() const noexcept { return node_->constant; }
const std::vector<expression>& expression::operands() const noexcept { return node_->operands; }
const model_info* expression::root() const noexcept { return node_->root; }
field_type expression::type() const noexcept { return node_->type; }
bool expression::nullable() const noexcept { return node_->nullable; }
bool expression::aggregates() const noexcept { return node_->aggregates; }

expression::expression(path field) {
    auto made = std::make_shared<node>();
    made->root = field.root;
    made->type = field.field().type;
    made->nullable = field.nullable();
    made->field = std::move(field);
    node_ = std::move(made);
}

expression expression::constant(value v) {
    auto made = std::make_shared<node>();
    made->what = operation::constant;
    made->type = type_of(v);
    made->nullable = is_null(v);
    made->constant = std::move(v);
    return expression(std::move(made));
}

expression expression::of(operation how, std::vector<expression> operands) {
    if (how <= operation::constant)
        throw error("expression::of makes operations; fields and constants make themselves");
    const std::size_t wanted = how == operation::count_rows ? 0 : how < operation::count_rows ? 2 : 1;
    if (operands.size() != wanted)
        throw error(fmt::format("an operation was given {} operands, but takes {}", operands.size(), wanted));
    auto made = std::make_shared<node>();
    made->what = how;
    for (auto& one : operands) {
        if (made->root && one.root() && made->root != one.root())
            throw error(fmt::format("{} and {} are fields of different models: use the path from one to the other",
                                    operands.front().describe(), one.describe()));
        if (one.root()) made->root = one.root();
        made->nullable |= one.nullable();
        made->aggregates |= one.aggregates();
    }
    if (how >= operation::count_rows) {
        if (made->aggregates)
            throw error(
                fmt::format("{} is an aggregate already: it can't be aggregated again", operands.front().describe()));
        made->aggregates = true;
        made->nullable = how >= operation::average;
    }
    if (how == operation::count_distinct && operands[0].stored_type() == field_type::json)
        throw error(operands[0].describe() + " is JSON: which of its values are the same differs between engines");
    if (how < operation::count_rows) {
        for (auto& one : operands) require_number(one, "arithmetic");
        const bool real = operands[0].type() == field_type::real || operands[1].type() == field_type::real;
        if (how == operation::remainder && real)
            throw error(operands[0].describe() + ": the remainder is that of integers");
        made->type = real ? field_type::real : field_type::integer64;
    } else if (how == operation::sum && sums_to_itself(operands[0].type())) {
        made->type = operands[0].type();
    } else if (how == operation::sum || how == operation::average) {
        require_number(operands[0], name_of(how));
        const bool real = how == operation::average || operands[0].type() == field_type::real;
        made->type = real ? field_type::real : field_type::integer64;
    } else if (how >= operation::minimum) {
        made->type = operands[0].type();
        if (!has_extremes(operands[0].stored_type()))
            throw error(fmt::format("{}: PostgreSQL has no {} of this type", operands[0].describe(), name_of(how)));
    }
    made->operands = std::move(operands);
    return expression(std::move(made));
}

const path* expression::like() const noexcept {
    if (what() == operation::field) return &node_->field;
    if (what() >= operation::minimum || (what() == operation::sum && sums_to_itself(type())))
        return operands()[0].like();
    return nullptr;
}

field_type expression::stored_type() const {
    const auto* of = like();
    return of && type() == field_type::reference ? of->field().stored_as().type : type();
}

bool expression::is_integer() const noexcept { return integral(type()) || type() == field_type::duration; }

bool expression::is_number() const noexcept { return type() == field_type::real || integral(type()); }

bool expression::is_text() const {
    const auto type = stored_type();
    return type == field_type::text || type == field_type::enumeration;
}

std::string expression::describe() const {
    switch (what()) {
        case operation::field:
            return field().describe();
        case operation::constant:
            return to_text(constant());
        case operation::count_rows:
            return "count()";
        default:
            break;
    }
    if (what() > operation::count_rows) return fmt::format("{}({})", name_of(what()), operands()[0].describe());
    const auto part = [](const expression& e) {
        const bool nested = e.what() >= operation::add && e.what() <= operation::remainder;
        return nested ? '(' + e.describe() + ')' : e.describe();
    };
    return fmt::format("{} {} {}", part(operands()[0]), symbols[static_cast<std::size_t>(what())], part(operands()[1]));
}

bool operator==(const expression& a, const expression& b) {
    if (a.node_ == b.node_) return true;
    return a.what() == b.what() && a.field() == b.field() && a.constant() == b.constant() &&
           a.operands() == b.operands();
}

operation aggregate_named(std::string_view name) {
    std::vector<std::string_view> known(std::begin(aggregates) + 1, std::end(aggregates));
    for (std::size_t i = 0; i < known.size(); ++i)
        if (known[i] == name) return static_cast<operation>(static_cast<std::size_t>(operation::count) + i);
    throw error(fmt::format("there is no aggregate \"{}\"{}", name, did_you_mean(name, known)));
}

}  // namespace croft
