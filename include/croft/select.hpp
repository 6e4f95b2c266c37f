// Only some columns of a query's rows, groups of them, and aggregates: counted, summed, averaged.
//
//     auto prices  = co_await query<Item>().select(f<&Item::name>, f<&Item::sell_price>).list();  // tuples
//     auto types   = co_await query<Item>().select(f<&Item::type>).distinct().list();             // strings
//     auto by_type = co_await query<Item>().group_by(f<&Item::type>)
//                        .select(count(), avg(f<&Item::sell_price>)).list();
//     for (auto& [type, items, price] : by_type) …                     // what it is grouped by comes first
//
// A row is a std::tuple of what was asked for (of one thing: that thing), or a struct of yours with members in the same
// order: list_as<Price>(). Sums are 64-bit integers or doubles, those of decimals and durations are of their own type;
// 0 where there is nothing. Averages are doubles. avg, min and max of nothing are null, and so std::optional, except in
// groups of a field that is never null. A sum that doesn't fit in 64 bits is a db::error, never a wrong number. Loop
// thread only.
#pragma once

#include <tuple>

#include "croft/query.hpp"

namespace croft {

/// An aggregate; `InGroup` is what it gives in a group, where there is at least one row.
template <class T, class InGroup>
struct aggregate : computed<T> {
    using in_group = InGroup;
    using computed<T>::computed;
};

/// How many rows.
inline aggregate<std::int64_t, std::int64_t> count() {
    return aggregate<std::int64_t, std::int64_t>(expression::of(operation::count_rows, {}));
}
/// How many rows where it isn't null.
template <expressive E>
aggregate<std::int64_t, std::int64_t> count(const E& of) {
    return aggregate<std::int64_t, std::int64_t>(expression::of(operation::count, {detail::as_expression(of)}));
}
/// How many different values, null not counted.
template <expressive E>
aggregate<std::int64_t, std::int64_t> count_distinct(const E& of) {
    return aggregate<std::int64_t, std::int64_t>(
        expression::of(operation::count_distinct, {detail::as_expression(of)}));
}
namespace detail {
/// Integers and doubles grow to 64 bits; decimals and durations stay what they are.
template <class E, class Plain = unwrap<typename E::result>>
struct sum_of {
    using type = unwrap<typename number_of<E, E>::type>;
};
template <class E>
struct sum_of<E, duration> {
    using type = duration;
};
template <class E, int Scale>
struct sum_of<E, decimal<Scale>> {
    using type = decimal<Scale>;
};
}  // namespace detail
/// 0 where there is none.
template <expressive E>
auto sum(const E& of) {
    using number = typename detail::sum_of<E>::type;
    return aggregate<number, number>(expression::of(operation::sum, {detail::as_expression(of)}));
}
template <expressive E>
auto avg(const E& of) {
    using number = typename detail::number_of<E, E>::type;
    using in_group = std::conditional_t<detail::is_optional<number>, std::optional<double>, double>;
    return aggregate<std::optional<double>, in_group>(expression::of(operation::average, {detail::as_expression(of)}));
}
template <expressive E>
auto min(const E& of) {
    using T = typename E::result;
    return aggregate<typename detail::optional_of<detail::unwrap<T>>::type, T>(
        expression::of(operation::minimum, {detail::as_expression(of)}));
}
template <expressive E>
auto max(const E& of) {
    using T = typename E::result;
    return aggregate<typename detail::optional_of<detail::unwrap<T>>::type, T>(
        expression::of(operation::maximum, {detail::as_expression(of)}));
}

namespace detail {

/// How the columns of a SELECT get into a row of type-erased kind.
struct row_writer {
    std::vector<const storage*> how;
    std::vector<std::size_t> offsets;  // in the row
};
task<> select_into(selection what, void* rows, emplace_row emplace, row_writer into);

template <class E, bool Grouped>
struct column_of {
    using type = typename E::result;
};
template <class T, class InGroup>
struct column_of<aggregate<T, InGroup>, true> {
    using type = InGroup;
};

template <class... T>
struct row_of {
    using type = std::tuple<T...>;
    static row_writer writer() {
        static const type sample{};
        const auto* base = reinterpret_cast<const char*>(&sample);
        return std::apply(
            [&](const auto&... cell) {
                return row_writer{{&stored<std::remove_cvref_t<decltype(cell)>>::how...},
                                  {static_cast<std::size_t>(reinterpret_cast<const char*>(&cell) - base)...}};
            },
            sample);
    }
};
template <class T>
struct row_of<T> {
    using type = T;
    static row_writer writer() { return {{&stored<T>::how}, {0}}; }
};

/// The same for a struct whose members are the columns.
template <class T>
row_writer writer_of_struct() {
    row_writer into;
    const auto* base = static_cast<const void*>(&sample<T>.object);
    for (std::size_t i = 0; i < member_count<T>; ++i) {
        into.how.push_back(member_storage<T>[i]);
        into.offsets.push_back(static_cast<std::size_t>(static_cast<const char*>(member_addresses<T>[i]) -
                                                        static_cast<const char*>(base)));
    }
    return into;
}

template <class T>
task<std::vector<T>> select_list(selection what, row_writer into) {
    std::vector<gathered<T>> rows;
    co_await select_into(std::move(what), &rows, &emplace_in<gathered<T>>, std::move(into));
    co_return handed_out(std::move(rows));
}
template <class T>
task<std::optional<T>> select_first(selection what, row_writer into) {
    what.at_most(1);
    auto rows = co_await select_list<T>(std::move(what), std::move(into));
    if (rows.empty()) co_return std::nullopt;
    co_return std::move(rows.front());
}
template <class T>
task<T> select_one(selection what, row_writer into) {
    what.at_most(2);
    const auto* model = what.model;
    auto rows = co_await select_list<T>(std::move(what), std::move(into));
    if (rows.size() != 1) not_exactly_one(*model, !rows.empty());
    co_return std::move(rows.front());
}

}  // namespace detail

/// A query of columns; `Row` is a detail::row_of.
template <class Row>
class selected {
public:
    using row = typename Row::type;

    explicit selected(selection what) : what_(std::move(what)) {}

    selected where(this selected self, condition more) {
        self.what_.where = std::move(self.what_.where) && std::move(more);
        return self;
    }
    /// On groups: having(count() > 3 && f<&Item::type> != "junk").
    selected having(this selected self, condition more) {
        self.what_.having = std::move(self.what_.having) && std::move(more);
        return self;
    }
    /// By fields, by what is computed, by aggregates: order_by(count().descending()). What it is grouped by comes last
    /// by itself.
    template <class... Orders>
    selected order_by(this selected self, Orders... orders) {
        (self.what_.order.push_back(static_cast<ordering>(orders)), ...);
        return self;
    }
    selected limit(this selected self, std::int64_t rows) {
        self.what_.limit = rows;
        return self;
    }
    selected offset(this selected self, std::int64_t rows) {
        self.what_.offset = rows;
        return self;
    }
    /// Each row once; ordered by what is selected only.
    selected distinct(this selected self) {
        self.what_.distinct = true;
        return self;
    }
    selected as_of(this selected self, time_point then) {
        self.what_.as_of = then;
        return self;
    }

    task<std::vector<row>> list() const { return detail::select_list<row>(what_, Row::writer()); }
    task<std::optional<row>> first() const { return detail::select_first<row>(what_, Row::writer()); }
    /// Throws not_found unless there is exactly one row; aggregates without group_by give exactly one.
    task<row> one() const { return detail::select_one<row>(what_, Row::writer()); }
    /// How many rows, or groups.
    task<std::int64_t> count() const { return detail::count_rows(what_); }
    /// A plain struct with a member for each column, in the same order. Throws croft::error when their number differs
    /// or a value doesn't fit.
    template <class Struct>
    task<std::vector<Struct>> list_as() const {
        return detail::select_list<Struct>(what_, detail::writer_of_struct<Struct>());
    }

    const selection& what() const noexcept { return what_; }

private:
    selection what_;
};

/// Rows in groups: those that share the keys.
template <class... Keys>
class grouped {
public:
    grouped(selection what, const Keys&... keys) : what_(std::move(what)) {
        what_.groups = {detail::as_expression(keys)...};
    }
    grouped having(this grouped self, condition more) {
        self.what_.having = std::move(self.what_.having) && std::move(more);
        return self;
    }
    template <class... Columns>
    auto select(const Columns&... columns) const {
        static_assert((expressive<Columns> && ...), "select() takes f<…>, what is computed from it, and aggregates");
        auto what = what_;
        what.columns = {detail::as_expression(columns)...};
        return selected<detail::row_of<typename Keys::result..., typename detail::column_of<Columns, true>::type...>>(
            std::move(what));
    }

private:
    selection what_;
};

template <class T>
template <class... Columns>
auto query_of<T>::select(Columns... columns) const {
    static_assert(sizeof...(Columns) > 0, "select() takes columns: select(f<&Item::name>)");
    static_assert((expressive<Columns> && ...), "select() takes f<…>, what is computed from it, and aggregates");
    auto what = what_;
    what.columns = {detail::as_expression(columns)...};
    return selected<detail::row_of<typename detail::column_of<Columns, false>::type...>>(std::move(what));
}

template <class T>
template <class... Keys>
auto query_of<T>::group_by(Keys... keys) const {
    static_assert(sizeof...(Keys) > 0, "group_by() takes fields: group_by(f<&Item::type>)");
    return grouped<Keys...>(what_, keys...);
}

}  // namespace croft
