// Expressions over a model's fields, built at run time: a field, one behind references, a constant, arithmetic, an
// aggregate. What f<&Item::stock> - 1 and avg(f<&Item::sell_price>) turn into, and what GraphQL and the admin page
// build from names.
//
//     croft::expression stock(croft::path_to(croft::model<Item>(), "stock"));
//     auto one_less = croft::expression::of(croft::operation::subtract, {stock, croft::expression::constant(1)});
//
// Arithmetic is that of 64-bit integers, or of doubles where an operand is one, on every engine: integers divide
// towards zero; an overflow or a division by zero is an error when the query runs. Null in gives null out. Plain
// values; any thread.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "croft/model_info.hpp"

namespace croft {

/// A field of a model, or of one that it refers to: {item, type} of RecipeItem is the item's type.
struct path {
    const model_info* root = nullptr;
    std::vector<std::size_t> steps;  // field indexes; all but the last are references

    const field_info& field() const;
    /// The model that the last step is a field of.
    const model_info& owner() const;
    /// Whether it may be null: the field is optional, or a reference on the way.
    bool nullable() const;
    /// "RecipeItem.item.type": for messages.
    std::string describe() const;
    friend bool operator==(const path&, const path&) = default;
};

/// Throws croft::error naming the step that doesn't exist, with the nearest name that does, or isn't a reference.
path path_to(const model_info& root, const std::vector<std::string_view>& names);
/// The same of "item.type".
path path_to(const model_info& root, std::string_view dotted);

enum class operation : std::uint8_t {
    field,
    constant,
    add,
    subtract,
    multiply,
    divide,
    remainder,
    count_rows,  // aggregates, from here on
    count,       // of values that aren't null
    count_distinct,
    sum,  // 0 where there are none
    average,
    minimum,
    maximum
};

class expression {
public:
    expression(path field);
    expression(const expression& other) noexcept;
    expression(expression&& other) noexcept;
    expression& operator=(const expression& other) noexcept;
    expression& operator=(expression&& other) noexcept;
    ~expression();
    static expression constant(value v);
    /// Throws croft::error when the operands' number or types don't fit, or an aggregate stands in an aggregate.
    static expression of(operation how, std::vector<expression> operands);

    operation what() const noexcept;
    const path& field() const noexcept;
    const value& constant() const noexcept;
    const std::vector<expression>& operands() const noexcept;

    /// The model whose rows it is about; null for constants and count_rows.
    const model_info* root() const noexcept;
    field_type type() const noexcept;
    bool nullable() const noexcept;
    /// Whether there is an aggregate in it.
    bool aggregates() const noexcept;
    /// The field whose values these are (a field; the least, the greatest, or a sum of decimals or durations); null
    /// where they are computed.
    const path* like() const noexcept;
    /// What it is stored as: of a reference, the type of the key that it holds.
    field_type stored_type() const;
    bool is_integer() const noexcept;  // also a duration, which is stored as one
    bool is_number() const noexcept;   // an integer or a double, that is: what arithmetic is for
    bool is_text() const;              // also an enum, which is stored as one
    /// "Item.stock - 1": for messages.
    std::string describe() const;

    friend bool operator==(const expression& a, const expression& b);

private:
    struct node;
    explicit expression(std::shared_ptr<const node> made) noexcept;
    std::shared_ptr<const node> node_;
};

/// The aggregate of that name: "count", "count_distinct", "sum", "avg", "min", "max". Throws croft::error naming the
/// nearest that exists.
operation aggregate_named(std::string_view name);

}  // namespace croft
