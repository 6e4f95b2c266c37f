// SQL by hand, with bound parameters, where the query builder doesn't say what you mean.
//
//     auto items = co_await sql<Item>("SELECT * FROM item WHERE sell_price > ? ORDER BY name", 10).list();
//     auto tools = co_await sql<std::int64_t>("SELECT count(*) FROM item WHERE type = :t", named("t", "tool")).one();
//     for (auto& row : co_await sql("SELECT name, sell_price FROM item").list()) use(row["name"], row["sell_price"]);
//     auto changed = co_await sql("UPDATE item SET stock = stock - 1 WHERE id = ?", 7).run();
//
// A row is a model's, any plain struct's (one member for each column, by name), a single value's, or a sql_row. Columns
// and members must be the same ones: what is missing or unknown throws croft::error. They are read as a model's are: an
// integer of SQLite is units for a decimal, as its columns have them, and microseconds for a duration.
// Placeholders are ? in turn or :name, on every engine; not both in one text. ?? is the question mark itself
// (PostgreSQL has operators with it). They stand for values, never for names. Quoted texts and names, comments and ::
// are left alone. What the rest says is the engine's own business. list(), first() and one() refuse what writes. Loop
// thread only.
#pragma once

#include <string>

#include "croft/select.hpp"

namespace croft {

/// A row whose columns are known at run time only. Booleans are integers 0 and 1, times are texts.
class sql_row {
public:
    const std::vector<std::string>& columns() const noexcept { return *columns_; }
    std::size_t size() const noexcept { return values_.size(); }
    const value& operator[](std::size_t column) const { return values_.at(column); }
    /// Throws croft::error naming the nearest column that exists.
    const value& operator[](std::string_view column) const { return values_[place(column)]; }
    /// As a C++ type: row.get<std::int64_t>("n"). Throws croft::error where it doesn't fit.
    template <class T>
    T get(std::string_view column) const {
        T read{};
        into(column, &detail::stored<T>::how, &read);
        return read;
    }

    // For the compiled core.
    void fill(std::shared_ptr<const std::vector<std::string>> columns, std::vector<value> values) {
        columns_ = std::move(columns);
        values_ = std::move(values);
    }

private:
    std::size_t place(std::string_view column) const;
    void into(std::string_view column, const detail::storage* how, void* to) const;
    std::shared_ptr<const std::vector<std::string>> columns_;
    std::vector<value> values_;
};

/// A parameter by name: named("type", "tool") for :type.
struct named_value {
    std::string name;
    value to;
};
template <class V>
named_value named(std::string name, V&& v) {
    return {std::move(name), detail::as_value(std::forward<V>(v))};
}

namespace detail {

struct sql_text {
    std::string text;
    std::vector<value> in_turn;
    std::vector<named_value> by_name;

    template <class V>
    void add(V&& v) {
        if constexpr (std::is_same_v<std::remove_cvref_t<V>, named_value>)
            by_name.push_back(std::forward<V>(v));
        else
            in_turn.push_back(as_value(std::forward<V>(v)));
    }
};

namespace probe {
template <class Model>
void croft_model(model_tag<Model>);
/// CROFT_MODEL's own function is a better match than this and the one in model.hpp, which are equally good.
template <class T>
concept is_model = requires(model_tag<T> tag) { croft_model(tag); };
}  // namespace probe

/// A plain struct's members, as a model's.
model_info describe_struct(std::string_view signature, const row_writer& members);

/// What a row is read into: the fields of a model or a struct, by name; one field, whatever its name; a sql_row.
struct sql_target {
    enum class kind : std::uint8_t { members, single, dynamic } what = kind::dynamic;
    const model_info* fields = nullptr;
};
template <class Row>
sql_target sql_target_of() {
    if constexpr (std::is_same_v<Row, sql_row>) {
        return {};
    } else if constexpr (probe::is_model<Row>) {
        return {sql_target::kind::members, &model<Row>()};
    } else if constexpr (std::is_aggregate_v<Row>) {
        static const auto fields = describe_struct(member_signature<Row>(), writer_of_struct<Row>());
        return {sql_target::kind::members, &fields};
    } else {
        static const auto field = describe_struct({}, {{&stored<Row>::how}, {0}});
        return {sql_target::kind::single, &field};
    }
}

enum class sql_access : std::uint8_t { read, write };
task<> sql_into(sql_text what, sql_access how, void* rows, emplace_row emplace, sql_target into);
task<std::int64_t> sql_run(sql_text what);
[[noreturn]] void not_exactly_one_row(std::size_t rows);

template <class Row>
task<std::vector<Row>> sql_list(sql_text what, sql_access how) {
    std::vector<gathered<Row>> rows;
    co_await sql_into(std::move(what), how, &rows, &emplace_in<gathered<Row>>, sql_target_of<Row>());
    co_return handed_out(std::move(rows));
}
template <class Row>
task<std::optional<Row>> sql_first(sql_text what) {
    auto rows = co_await sql_list<Row>(std::move(what), sql_access::read);
    if (rows.empty()) co_return std::nullopt;
    co_return std::move(rows.front());
}
template <class Row>
task<Row> sql_one(sql_text what) {
    auto rows = co_await sql_list<Row>(std::move(what), sql_access::read);
    if (rows.size() != 1) not_exactly_one_row(rows.size());
    co_return std::move(rows.front());
}

}  // namespace detail

template <class Row>
class sql_query {
public:
    explicit sql_query(detail::sql_text text) : text_(std::move(text)) {}

    task<std::vector<Row>> list() const { return detail::sql_list<Row>(text_, detail::sql_access::read); }
    task<std::optional<Row>> first() const { return detail::sql_first<Row>(text_); }
    /// Throws not_found unless there is exactly one row.
    task<Row> one() const { return detail::sql_one<Row>(text_); }
    /// Runs what writes and gives the number of rows that it changed.
    task<std::int64_t> run() const { return detail::sql_run(text_); }
    /// Runs what writes, and gives its RETURNING rows.
    task<std::vector<Row>> returning() const { return detail::sql_list<Row>(text_, detail::sql_access::write); }

private:
    detail::sql_text text_;
};

template <class Row = sql_row, class... Values>
sql_query<Row> sql(std::string text, Values&&... values) {
    detail::sql_text made{std::move(text), {}, {}};
    (made.add(std::forward<Values>(values)), ...);
    return sql_query<Row>(std::move(made));
}

}  // namespace croft
