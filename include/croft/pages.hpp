// Pages of a query by cursor, and all of its rows one after the other in bounded memory.
//
//     auto first = co_await query<Item>().order_by(f<&Item::name>).page(20);
//     auto second = co_await query<Item>().order_by(f<&Item::name>).page(20, first.next);
//
//     auto rows = query<Item>().where(f<&Item::type> == "meal").stream();
//     while (auto item = co_await rows.next()) use(*item);
//
// A cursor says after (or before) which row a page begins, in the query's own order: rows that are inserted or removed
// meanwhile shift nothing, and a late page costs what the first one does. It is a text to be given back as it is, with
// the same order_by; of another order or model it throws croft::error. limit() and offset() have no place here.
// Loop thread only.
#pragma once

#include "croft/query.hpp"
#include "croft/stream.hpp"

namespace croft {

template <class T>
struct page {
    std::vector<T> rows;
    std::string next, previous;  // cursors of the pages after and before this one; empty: there is none
};

namespace detail {

struct cursors {
    std::string next, previous;
};
task<cursors> page_into(selection what, std::int64_t size, std::string cursor, void* rows, emplace_row emplace);

template <class T>
task<page<T>> page_of(selection what, std::int64_t size, std::string cursor) {
    page<T> read;
    auto around = co_await page_into(std::move(what), size, std::move(cursor), &read.rows, &emplace_in<T>);
    read.next = std::move(around.next);
    read.previous = std::move(around.previous);
    co_return read;
}

template <class T>
stream<T> stream_of(selection what, std::int64_t batch) {
    std::string cursor;
    do {
        auto read = co_await page_of<T>(what, batch, std::move(cursor));
        for (auto& row : read.rows) co_yield std::move(row);
        cursor = std::move(read.next);
    } while (!cursor.empty());
}

}  // namespace detail

template <class T>
auto query_of<T>::page(std::int64_t size, std::string cursor) const {
    return detail::page_of<T>(what_, size, std::move(cursor));
}

/// Reads `batch` rows at a time, each batch with a statement of its own: rows that others write meanwhile may be among
/// them or not, and none comes twice unless its place in the order was changed. In a transaction all are of one state.
template <class T>
auto query_of<T>::stream(std::int64_t batch) const {
    return detail::stream_of<T>(what_, batch);
}

}  // namespace croft
