// Rows found by their key, saved, created, removed: one at a time, or many at once.
//
//     auto hoe = co_await croft::create(Item{.name = "hoe"});
//     hoe.sell_price = 5;
//     co_await save(hoe);                                         // writes what differs
//     auto [axe, fresh] = co_await get_or_create<Item>(key<&Item::name>("axe"), set<&Item::type>("tool"));
//     co_await upsert_all(items);                                 // only what is new or changed is written
//
// Everything here may throw db::error, and db::constraint_error for a row that breaks a rule of its table. Comes with
// query.hpp. Loop thread only.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "croft/field.hpp"
#include "croft/task.hpp"

namespace croft {

/// There was no such row, or more than one.
class not_found : public error {
public:
    using error::error;
};

/// What a bulk write did, in rows.
struct write_counts {
    std::size_t inserted = 0, updated = 0, unchanged = 0;
    friend bool operator==(const write_counts&, const write_counts&) = default;
};

namespace detail {

/// Adds a row to the vector; it is one of so many that come now.
using emplace_row = void* (*)(void* rows, std::size_t coming);
template <class T>
void* emplace_in(void* rows, std::size_t coming) {
    auto& all = *static_cast<std::vector<T>*>(rows);
    if (coming > 1 && all.empty()) all.reserve(coming);
    return &all.emplace_back();
}

/// A std::vector<bool> has no bools to point to: such rows are gathered as these.
struct bool_row {
    bool is = false;
    operator bool() const noexcept { return is; }
};
template <class T>
using gathered = std::conditional_t<std::is_same_v<T, bool>, bool_row, T>;
template <class T>
std::vector<T> handed_out(std::vector<T> rows) {
    return rows;
}
inline std::vector<bool> handed_out(const std::vector<bool_row>& rows) { return {rows.begin(), rows.end()}; }

/// Many rows of one type behind one pointer.
struct row_range {
    void* first = nullptr;
    std::size_t count = 0;
    std::size_t size = 0;  // of one, in bytes
};

// The compiled core behind the typed front (src/model/query.cpp, save.cpp). `rows` and `row` stay alive while these are
// awaited.
task<> list_into(selection what, void* rows, emplace_row emplace);
/// False, and `row` is as it was, when there is none.
task<bool> first_into(selection what, void* row);
/// Throws not_found unless there is exactly one.
task<> one_into(selection what, void* row);
task<std::int64_t> count_rows(selection what);
task<std::int64_t> remove_rows(selection what);
task<std::int64_t> update_rows(selection what, std::vector<assignment> changes);
task<> save_row(const model_info* model, void* row);
task<> create_row(const model_info* model, void* row);
task<> upsert_row(const model_info* model, std::vector<assignment> keys, std::vector<assignment> changes);
task<bool> get_or_create_row(const model_info* model, std::vector<assignment> keys, std::vector<assignment> rest,
                             void* row);
task<> refresh_row(const model_info* model, void* row);
task<> create_rows(const model_info* model, row_range rows);
task<write_counts> upsert_rows(const model_info* model, row_range rows, std::vector<std::size_t> key);

template <class T>
task<std::vector<T>> list(selection what) {
    std::vector<T> rows;
    co_await list_into(std::move(what), &rows, &emplace_in<T>);
    co_return rows;
}
template <class T>
task<std::optional<T>> first(selection what) {
    T row{};
    if (!co_await first_into(std::move(what), &row)) co_return std::nullopt;
    co_return row;
}
template <class T>
task<T> one(selection what) {
    T row{};
    co_await one_into(std::move(what), &row);
    co_return row;
}
[[noreturn]] void not_exactly_one(const model_info& model, bool several);
task<bool> exists(selection what);
/// Throws croft::error unless there is a value for each part of the primary key.
selection by_key(const model_info& model, std::vector<value> key);
selection by_key_of(const model_info& model, const void* row);

template <class T>
row_range range_of(std::vector<T>& rows) {
    return {rows.data(), rows.size(), sizeof(T)};
}

}  // namespace detail

/// The row with this primary key: get<Item>(42), get<Country>("CH"), get<Visit>(day, city). Throws not_found.
template <class T, class... Key>
task<T> get(Key... key) {
    return detail::one<T>(detail::by_key(model<T>(), {detail::as_value(std::move(key))...}));
}
/// The row that a reference points to. Throws not_found.
template <class Reference>
    requires requires { typename Reference::target; }
task<typename Reference::target> get(Reference to) {
    using target = typename Reference::target;
    return detail::one<target>(detail::by_key(model<target>(), {detail::as_value(std::move(to))}));
}

/// Inserts the row when the database or Croft gives it its key: an id that is 0, a UUID that is nil; and sets it. Else
/// inserts it or writes what differs. `row` must stay alive while this is awaited.
template <class T>
task<> save(T& row) {
    return detail::save_row(&model<T>(), &row);
}
/// Inserts a row and gives it back with its id, which is a new one whatever it was. Throws db::constraint_error when
/// there is a row with its primary key already.
template <class T>
task<T> create(T row) {
    co_await detail::create_row(&model<T>(), &row);
    co_return row;
}
/// Deletes the row with this one's primary key; false when there was none.
template <class T>
task<bool> remove(T row) {
    co_return co_await detail::remove_rows(detail::by_key_of(model<T>(), &row)) > 0;
}
/// Reads the row again. Throws not_found when it is gone. `row` must stay alive while this is awaited.
template <class T>
task<> refresh(T& row) {
    return detail::refresh_row(&model<T>(), &row);
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

/// A row, and whether it was made just now.
template <class T>
struct got {
    T row;
    bool created = false;
};
/// Finds the row by the key<>(…), or inserts it with these and the set<>(…). Tasks and processes that do this at the
/// same time get the same one row; not where a key is null, for which databases hold nothing unique: each may then make
/// one. The keys are as for update_or_create.
template <class T, class... Rest>
task<got<T>> get_or_create(std::vector<assignment> by, Rest... rest) {
    got<T> found;
    found.created = co_await detail::get_or_create_row(&model<T>(), std::move(by), {std::move(rest)...}, &found.row);
    co_return found;
}
template <class T, class... Rest>
task<got<T>> get_or_create(assignment by, Rest... rest) {
    return get_or_create<T>(std::vector<assignment>{std::move(by)}, std::move(rest)...);
}

/// Inserts all rows, or none, in statements of many, and gives them back with their ids.
template <class T>
task<std::vector<T>> create_all(std::vector<T> rows) {
    co_await detail::create_rows(&model<T>(), detail::range_of(rows));
    co_return rows;
}
/// Inserts rows that are new and writes those that differ, all or none; a row that is as it was isn't touched. A row is
/// found again by its model's natural key (the first unique constraint, else the id), or by the members named:
/// upsert_all<&Price::item, &Price::day>(prices), which must be the primary key or unique.
template <auto... Key, class T>
task<write_counts> upsert_all(std::vector<T> rows) {
    co_return co_await detail::upsert_rows(&model<T>(), detail::range_of(rows), {detail::field_index<Key>()...});
}

}  // namespace croft
