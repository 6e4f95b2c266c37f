// Conditions and orders on rows, built at run time: what query<Item>().where(…) makes of f<&Item::name> == "hoe", and
// what GraphQL and the admin page build from names. Values are always bound, never written into SQL.
//
//     auto cheap = croft::compare(croft::path_to(croft::model<Item>(), "sell_price"), croft::comparison::less, 10);
//     auto meals = croft::condition_on(croft::model<Item>(), "recipe.ingredient.name", croft::comparison::equal,
//     "bread");
//
// Nulls are as in C++: != holds where one side is null and the other isn't, not(c) wherever c doesn't hold; <, <=, >,
// >= and the text searches never hold for a null. Plain values; any thread.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "croft/expression.hpp"

namespace croft {

enum class comparison : std::uint8_t {
    equal,
    not_equal,
    less,
    less_equal,
    greater,
    greater_equal,
    contains,
    starts_with,
    ends_with,  // texts, with case
    icontains,
    istarts_with,
    iends_with,
    iequal,  // texts, without the case of the letters a to z; all other letters keep theirs, on every engine
    matches,
    imatches,  // texts, by a regular expression (croft/field.hpp says which); imatches without case as above
    in,
    is_null
};

/// "equal", "less", "icontains" …: for what is built from names. Throws croft::error naming the nearest that exists.
comparison comparison_named(std::string_view name);

struct selection;

/// The way back over a reference: the rows of `model` whose `field` points at a row that `from` leads to.
struct relation {
    path from;  // references only; without steps: the row itself
    const model_info* model = nullptr;
    std::size_t field = 0;
};

/// A tree of comparisons joined by and, or, not. The empty condition holds for every row.
class condition {
public:
    enum class kind : std::uint8_t { always, compare, all_of, any_of, negation, related, in_query };

    condition() noexcept;
    condition(const condition& other) noexcept;
    condition(condition&& other) noexcept;
    condition& operator=(const condition& other) noexcept;
    condition& operator=(condition&& other) noexcept;
    ~condition();
    static condition compare(expression left, comparison how, std::vector<value> right);
    static condition compare(path left, comparison how, std::vector<value> right);
    /// Two expressions: equal … greater_equal only.
    static condition compare_both(expression left, comparison how, expression right);
    /// There is a row over there for which `inner` holds.
    static condition related(relation through, condition inner);
    /// The value is among those that a query of one column (or of a model: of its keys) gives.
    static condition in(expression left, const selection& rows);

    kind what() const noexcept;
    // Of a condition that has it; `left` of a comparison, and so on.
    const expression& left() const noexcept;
    comparison how() const noexcept;
    const std::vector<value>& right() const noexcept;
    /// The other expression, where there is one.
    const expression* other() const noexcept;
    const std::vector<condition>& parts() const noexcept;
    const relation& through() const noexcept;
    const selection& rows() const noexcept;

    friend condition operator&&(condition a, condition b);
    friend condition operator||(condition a, condition b);
    friend condition operator!(condition a);

private:
    struct node;
    static condition joined(kind what, condition a, condition b);
    static condition made(node n);
    std::shared_ptr<const node> node_;
};

/// Throws croft::error, naming the field, when a value doesn't fit its type. Null compares as "is null".
condition compare(expression left, comparison how, value right);
condition compare(path left, comparison how, value right);
/// Throws croft::error when the two can't be compared with each other.
condition compare(expression left, comparison how, expression right);
/// One of the values, each checked as above; null is in no list.
condition one_of(expression left, std::vector<value> values);

/// The same condition on a row from which references lead to the one that it was about: {item} of RecipeItem and a
/// condition on items give one on recipe lines.
condition rooted(const path& references, const condition& c);

/// A comparison by names, through references forwards and backwards: "item.type", "recipe.ingredient.name" (there is a
/// recipe line whose ingredient …). Throws croft::error naming the nearest name that exists.
condition condition_on(const model_info& root, std::string_view dotted, comparison how, value right);

/// Nulls come before all values, and so last where it descends, unless said otherwise.
enum class nulls : std::uint8_t { as_least, first, last };

struct ordering {
    expression by;
    bool descending = false;
    croft::nulls nulls = croft::nulls::as_least;

    ordering nulls_first() const { return {by, descending, nulls::first}; }
    ordering nulls_last() const { return {by, descending, nulls::last}; }
};

/// "name", "-sell_price", "item.type". Throws croft::error naming the nearest name that exists.
ordering ordering_on(const model_info& root, std::string_view dotted);

/// What a query does about other transactions that have its rows: takes locks that they must wait for …
enum class row_lock : std::uint8_t { none, wait, skip_locked, no_wait };

/// Rows of one model: which, in what order, how many, and what of them.
struct selection {
    selection();
    selection(const selection& other);
    selection(selection&& other) noexcept;
    selection& operator=(const selection& other);
    selection& operator=(selection&& other) noexcept;
    ~selection();

    const model_info* model = nullptr;
    condition where;
    std::vector<ordering> order;  // the primary key is appended, so that pages are stable
    std::optional<std::int64_t> limit;
    std::int64_t offset = 0;
    std::optional<time_point> as_of;  // from history: the rows as they were then
    std::vector<expression> columns;  // empty: the model's fields
    std::vector<expression> groups;
    condition having;
    bool distinct = false;
    row_lock lock = row_lock::none;

    void at_most(std::int64_t rows) { limit = limit && *limit < rows ? *limit : rows; }
};

/// The value as the field stores it: checked for type and range. Throws croft::error naming model and field.
value fit(const model_info& model, const field_info& field, value v);
/// For what is written: that such a value, which is of the field's type, is no longer than it may be, and no time that
/// databases don't have (those are compared as the nearest one that they have). Throws croft::error.
void require_storable(const model_info& model, const field_info& field, const value& v);

}  // namespace croft
