// Conditions and orders on rows, built at run time: what query<Item>().where(…) makes of f<&Item::name> == "hoe", and
// what GraphQL and the admin page build from names. Values are always bound, never written into SQL.
//
//     auto cheap = croft::compare(croft::path_to(croft::model<Item>(), {"sell_price"}), croft::comparison::less, 10);
//
// Plain values; any thread.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "croft/model_info.hpp"

namespace croft {

/// A field of a model, or of one that it refers to: {item, type} of RecipeItem is the item's type.
struct path {
    const model_info* root = nullptr;
    std::vector<std::size_t> steps;  // field indexes; all but the last are references

    const field_info& field() const;
    friend bool operator==(const path&, const path&) = default;
};

/// Throws croft::error naming the step that doesn't exist or isn't a reference.
path path_to(const model_info& root, const std::vector<std::string_view>& names);

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
    iequal,  // texts, without case (ASCII letters on SQLite)
    in,
    is_null
};

/// A tree of comparisons joined by and, or, not. The empty condition holds for every row.
class condition {
public:
    enum class kind : std::uint8_t { always, compare, all_of, any_of, negation };

    condition() = default;
    static condition compare(path left, comparison how, std::vector<value> right);

    kind what() const noexcept { return node_ ? node_->what : kind::always; }
    const path& left() const { return node_->left; }
    comparison how() const { return node_->how; }
    const std::vector<value>& right() const { return node_->right; }
    const std::vector<condition>& parts() const { return node_->parts; }

    friend condition operator&&(condition a, condition b) { return joined(kind::all_of, std::move(a), std::move(b)); }
    friend condition operator||(condition a, condition b) { return joined(kind::any_of, std::move(a), std::move(b)); }
    friend condition operator!(condition a);

private:
    struct node {
        kind what = kind::always;
        path left;
        comparison how = comparison::equal;
        std::vector<value> right;
        std::vector<condition> parts;
    };
    static condition joined(kind what, condition a, condition b);
    std::shared_ptr<const node> node_;
};

/// Throws croft::error, naming the field, when a value doesn't fit its type. Null compares as "is null".
condition compare(path left, comparison how, value right);

struct ordering {
    path by;
    bool descending = false;
};

/// Rows of one model: which, in what order, how many.
struct selection {
    const model_info* model = nullptr;
    condition where;
    std::vector<ordering> order;  // the primary key is appended, so that pages are stable
    std::optional<std::int64_t> limit;
    std::int64_t offset = 0;
    std::optional<time_point> as_of;  // from history: the rows as they were then
};

/// The value as the field stores it: checked for type and range. Throws croft::error naming model and field.
value fit(const model_info& model, const field_info& field, value v);

}  // namespace croft
