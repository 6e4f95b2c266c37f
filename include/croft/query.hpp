// Queries, typed and refactor-safe: rows of a model, in what order, how many; and single rows saved, created, removed.
//
//     auto cheap = co_await croft::query<Item>()
//                      .where(f<&Item::sell_price> < 10 && f<&Item::type> == "meal")
//                      .order_by(f<&Item::name>, f<&Item::sell_price>.descending())
//                      .limit(20).list();
//
// f<&RecipeItem::item, &Item::type> looks through a reference. Queries awaited with all(…) run at the same time; inside
// a transaction they run on its connection. Everything here may throw db::error (and what it says in addition).
// A query is a plain value: copy it, extend it, run it twice. Loop thread only.
#pragma once

#include <optional>
#include <vector>

#include "croft/condition.hpp"
#include "croft/model.hpp"
#include "croft/task.hpp"
#include "croft/transaction.hpp"

namespace croft {

class json;

/// A JSON value as a field takes it; arrays and objects fit into JSON fields only.
value to_value(const json& v);

namespace detail {

template <class T>
struct unwrapped {
    using type = T;
};
template <class T>
struct unwrapped<std::optional<T>> {
    using type = T;
};
template <class T>
using unwrap = typename unwrapped<T>::type;

template <class T>
struct referred {
    using type = void;
};
template <class M, fixed_string Reverse, on_delete Rule>
struct referred<ref<M, Reverse, Rule>> {
    using type = M;
};

/// Whether each member is a reference to the model of the next.
template <auto First, auto... Rest>
constexpr bool path_holds() {
    if constexpr (sizeof...(Rest) == 0)
        return true;
    else
        return []<auto Next, auto... More>() {
            return std::is_same_v<typename referred<unwrap<type_of_member<First>>>::type, model_of_member<Next>> &&
                   path_holds<Next, More...>();
        }.template operator()<Rest...>();
}

/// Index of the member in its model's fields.
template <auto Member>
std::size_t field_index() {
    const auto& info = model<model_of_member<Member>>();
    const auto offset = offset_of(Member);
    for (std::size_t i = 0; i < info.fields.size(); ++i)
        if (info.fields[i].offset == offset) return i;
    throw error(info.name + ": a member pointer that is none of its fields");
}

/// A C++ value as the dynamic core takes it.
template <class V>
value as_value(V&& v) {
    using plain = std::remove_cvref_t<V>;
    if constexpr (std::is_same_v<plain, value>)
        return std::forward<V>(v);
    else if constexpr (std::is_same_v<plain, std::nullopt_t> || std::is_same_v<plain, std::nullptr_t>)
        return {};
    else if constexpr (std::is_same_v<plain, bool>)
        return v;
    else if constexpr (std::is_integral_v<plain>)
        return static_cast<std::int64_t>(v);
    else if constexpr (std::is_floating_point_v<plain>)
        return static_cast<double>(v);
    else if constexpr (std::is_convertible_v<V, std::string_view>)
        return std::string(std::string_view(v));
    else if constexpr (std::is_same_v<plain, json>)
        return to_value(v);
    else if constexpr (std::is_base_of_v<reference, plain>)
        return static_cast<const reference&>(v).id;
    else if constexpr (requires {
                           v.has_value();
                           *v;
                       })
        return v ? as_value(*v) : value{};
    else if constexpr (requires { v.at; })
        return v.at;
    else if constexpr (std::is_constructible_v<value, V>)
        return value(std::forward<V>(v));
    else if constexpr (requires {
                           model<plain>();
                           v.id;
                       })
        return v.id;
    else
        static_assert(not_storable<plain>, "a value of this type can't be compared with or stored in a field");
}

}  // namespace detail

/// A field in conditions and orders; written f<&Item::name> or, through references, f<&RecipeItem::item, &Item::type>.
template <auto First, auto... Rest>
struct field {
    static_assert(
        detail::path_holds<First, Rest...>(),
        "each member but the last must be a croft::ref to the model of the next: f<&RecipeItem::item, &Item::type>");

    path where() const {
        return {&model<detail::model_of_member<First>>(),
                {detail::field_index<First>(), detail::field_index<Rest>()...}};
    }
    operator ordering() const { return {where(), false}; }
    ordering ascending() const { return {where(), false}; }
    ordering descending() const { return {where(), true}; }

    template <class V>
    condition is(comparison how, V&& v) const {
        return compare(where(), how, detail::as_value(std::forward<V>(v)));
    }
    /// Texts, with case; icontains() and its like without.
    condition contains(std::string_view part) const { return is(comparison::contains, part); }
    condition starts_with(std::string_view part) const { return is(comparison::starts_with, part); }
    condition ends_with(std::string_view part) const { return is(comparison::ends_with, part); }
    condition icontains(std::string_view part) const { return is(comparison::icontains, part); }
    condition istarts_with(std::string_view part) const { return is(comparison::istarts_with, part); }
    condition iends_with(std::string_view part) const { return is(comparison::iends_with, part); }
    condition is_null() const { return compare(where(), comparison::equal, {}); }
    template <class Low, class High>
    condition between(Low&& low, High&& high) const {
        return is(comparison::greater_equal, std::forward<Low>(low)) &&
               is(comparison::less_equal, std::forward<High>(high));
    }
    /// One of a range of values; none matches an empty one.
    template <class Range>
    condition in(const Range& range) const {
        std::vector<value> values;
        for (const auto& one : range) values.push_back(detail::as_value(one));
        return condition::compare(where(), comparison::in, std::move(values));
    }
    template <class V>
    condition in(std::initializer_list<V> range) const {
        return in(std::vector<V>(range));
    }
};

template <auto First, auto... Rest>
inline constexpr field<First, Rest...> f{};

#define CROFT_COMPARES(Symbol, Kind)                                   \
    template <auto First, auto... Rest, class V>                       \
    condition operator Symbol(field<First, Rest...> left, V&& right) { \
        return left.is(comparison::Kind, std::forward<V>(right));      \
    }
CROFT_COMPARES(==, equal)
CROFT_COMPARES(!=, not_equal)
CROFT_COMPARES(<, less)
CROFT_COMPARES(<=, less_equal)
CROFT_COMPARES(>, greater)
CROFT_COMPARES(>=, greater_equal)
#undef CROFT_COMPARES

/// A field and the value it gets: set<&Thing::name>("hoe"). JSON values are converted.
struct assignment {
    const model_info* model;
    std::size_t field;
    value to;
};
template <auto Member>
struct setter {
    template <class V>
    assignment operator()(V&& v) const {
        return {&model<detail::model_of_member<Member>>(), detail::field_index<Member>(),
                detail::as_value(std::forward<V>(v))};
    }
};
/// Names the row in update_or_create: key<&Thing::id>(7).
template <auto Member>
inline constexpr setter<Member> key{};
template <auto Member>
inline constexpr setter<Member> set{};

namespace detail {

using emplace_row = void* (*)(void* rows);
template <class T>
void* emplace_in(void* rows) {
    return &static_cast<std::vector<T>*>(rows)->emplace_back();
}

// The compiled core behind the typed front (src/model/query.cpp). `rows` and `row` stay alive while these are awaited.
task<> list_into(selection what, void* rows, emplace_row emplace);
task<std::int64_t> count_rows(selection what);
task<std::int64_t> remove_rows(selection what);
task<std::int64_t> update_rows(selection what, std::vector<assignment> changes);
task<> save_row(const model_info* model, void* row);
task<> upsert_row(const model_info* model, std::vector<assignment> keys, std::vector<assignment> changes);

template <class T>
task<std::vector<T>> list(selection what) {
    std::vector<T> rows;
    co_await list_into(std::move(what), &rows, &emplace_in<T>);
    co_return rows;
}
template <class T>
task<std::optional<T>> first(selection what) {
    what.limit = 1;
    auto rows = co_await list<T>(std::move(what));
    if (rows.empty()) co_return std::nullopt;
    co_return std::move(rows.front());
}
[[noreturn]] void not_exactly_one(const model_info& model, bool several);
template <class T>
task<T> one(selection what) {
    what.limit = 2;
    auto rows = co_await list<T>(std::move(what));
    if (rows.size() != 1) not_exactly_one(model<T>(), !rows.empty());
    co_return std::move(rows.front());
}
task<bool> exists(selection what);

}  // namespace detail

/// There was no such row, or more than one.
class not_found : public error {
public:
    using error::error;
};

template <class T>
class query_of {
public:
    query_of() { what_.model = &model<T>(); }

    /// Several where() are joined by "and".
    query_of where(condition more) const {
        auto copy = *this;
        copy.what_.where = std::move(copy.what_.where) && std::move(more);
        return copy;
    }
    template <class... Orders>
    query_of order_by(Orders... orders) const {
        auto copy = *this;
        (copy.what_.order.push_back(static_cast<ordering>(orders)), ...);
        return copy;
    }
    query_of limit(std::int64_t rows) const {
        auto copy = *this;
        copy.what_.limit = rows;
        return copy;
    }
    query_of offset(std::int64_t rows) const {
        auto copy = *this;
        copy.what_.offset = rows;
        return copy;
    }
    /// The rows as they were then; the model must have history().
    query_of as_of(time_point then) const {
        auto copy = *this;
        copy.what_.as_of = then;
        return copy;
    }

    task<std::vector<T>> list() const { return detail::list<T>(what_); }
    task<std::optional<T>> first() const { return detail::first<T>(what_); }
    /// Throws not_found unless exactly one row matches.
    task<T> one() const { return detail::one<T>(what_); }
    task<std::int64_t> count() const { return detail::count_rows(what_); }
    task<bool> exists() const { return detail::exists(what_); }
    /// Deletes the rows and gives their number (order, limit and offset must not be set).
    task<std::int64_t> remove() const { return detail::remove_rows(what_); }
    /// update(set<&Item::stock>(0)): changes the rows that differ and gives their number.
    template <class... Assignments>
    task<std::int64_t> update(Assignments... changes) const {
        return detail::update_rows(what_, {std::move(changes)...});
    }

    const selection& what() const noexcept { return what_; }

private:
    selection what_;
};

template <class T>
query_of<T> query() {
    return {};
}

/// The row with this primary key. Throws not_found.
template <class T>
task<T> get(std::int64_t id) {
    return query<T>().where(f<&T::id> == id).one();
}
/// The row that a reference points to. Throws not_found.
template <class M, fixed_string Reverse, on_delete Rule>
task<M> get(ref<M, Reverse, Rule> to) {
    return get<M>(to.id);
}

/// Inserts the row when its id is 0 (and sets it), else writes what differs. `row` must stay alive while this is
/// awaited.
template <class T>
task<> save(T& row) {
    return detail::save_row(&model<T>(), &row);
}
/// Inserts a row and gives it back with its id.
template <class T>
task<T> create(T row) {
    row.id = 0;
    co_await save(row);
    co_return row;
}
/// Deletes the row with this one's id; false when there was none.
template <class T>
task<bool> remove(T row) {
    co_return co_await query<T>().where(f<&T::id> == row.id).remove() > 0;
}

/// Finds the row by the key<>(…) and writes what differs in the set<>(…), or inserts it. The keys must be the primary
/// key or a unique constraint of the model (else: croft::error).
///
///     co_await update_or_create<Thing>(key<&Thing::id>(row["id"]), set<&Thing::name>(row["fullName"]));
template <class T, class... Changes>
task<> update_or_create(assignment by, Changes... changes) {
    return detail::upsert_row(&model<T>(), {std::move(by)}, {std::move(changes)...});
}
template <class T, class... Changes>
task<> update_or_create(std::vector<assignment> by, Changes... changes) {
    return detail::upsert_row(&model<T>(), std::move(by), {std::move(changes)...});
}

}  // namespace croft
