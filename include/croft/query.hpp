// Queries, typed and refactor-safe: rows of a model, in what order, how many; changed or removed all at once.
//
//     auto cheap = co_await croft::query<Item>()
//                      .where(f<&Item::sell_price> < 10 && f<&Item::type> == "meal")
//                      .order_by(f<&Item::name>, f<&Item::sell_price>.descending())
//                      .limit(20).list();
//
// field.hpp has the conditions; save.hpp the writing of single rows and of many; select.hpp only some columns, groups
// and aggregates; related.hpp rows that belong to these; pages.hpp pages by cursor, and streams; sql.hpp SQL by hand.
// docs/queries.md shows each form and the SQL it becomes.
//
// Queries awaited with all(…) run at the same time; inside a transaction they run on its connection. Everything here
// may throw db::error (and what it says in addition), and croft::error when the query can't work. A query is a plain
// value: copy it, extend it, run it twice. Loop thread only.
#pragma once

#include <optional>
#include <vector>

#include "croft/field.hpp"
#include "croft/save.hpp"
#include "croft/task.hpp"
#include "croft/transaction.hpp"

namespace croft {

template <class T>
class query_of {
public:
    query_of() { what_.model = &model<T>(); }

    /// Several where() are joined by "and".
    query_of where(this query_of self, condition more) {
        self.what_.where = std::move(self.what_.where) && std::move(more);
        return self;
    }
    /// Several order_by() follow one another; the primary key comes last by itself. Nulls are least: nulls_last() of an
    /// order says otherwise.
    template <class... Orders>
    query_of order_by(this query_of self, Orders... orders) {
        (self.what_.order.push_back(static_cast<ordering>(orders)), ...);
        return self;
    }
    query_of limit(this query_of self, std::int64_t rows) {
        self.what_.limit = rows;
        return self;
    }
    query_of offset(this query_of self, std::int64_t rows) {
        self.what_.offset = rows;
        return self;
    }
    /// The rows as they were then; the model must have history().
    query_of as_of(this query_of self, time_point then) {
        self.what_.as_of = then;
        return self;
    }
    /// Locks the rows until the end of the transaction, in which this must stand (else: croft::error): no other one can
    /// change them or lock them. row_lock::skip_locked leaves out those that another one has locked, row_lock::no_wait
    /// throws db::busy_error. On SQLite a transaction that writes is alone anyway, and the lock says no more than that.
    query_of for_update(this query_of self, row_lock how = row_lock::wait) {
        self.what_.lock = how;
        return self;
    }

    task<std::vector<T>> list() const { return detail::list<T>(what_); }
    task<std::optional<T>> first() const { return detail::first<T>(what_); }
    /// Throws not_found unless exactly one row matches.
    task<T> one() const { return detail::one<T>(what_); }
    /// How many rows match; limit and offset don't count.
    task<std::int64_t> count() const { return detail::count_rows(what_); }
    task<bool> exists() const { return detail::exists(what_); }
    /// Deletes the rows and gives their number (order, limit and offset must not be set). On SQLite one that a cascade
    /// from another of them got to first isn't counted.
    task<std::int64_t> remove() const { return detail::remove_rows(what_); }
    /// update(set<&Item::stock>(0)): changes the rows that differ and gives their number.
    template <class... Assignments>
    task<std::int64_t> update(Assignments... changes) const {
        return detail::update_rows(what_, {std::move(changes)...});
    }

    /// With croft/select.hpp: only these columns, and aggregates; groups of rows.
    template <class... Columns>
    auto select(Columns... columns) const;
    template <class... Keys>
    auto group_by(Keys... keys) const;
    /// With croft/related.hpp: rows that belong to these, fetched along.
    template <auto... Path>
    auto with() const;
    template <auto... Path, class Child>
    auto with(const query_of<Child>& only) const;
    /// With croft/pages.hpp: a page by cursor; all rows one after the other, in bounded memory.
    auto page(std::int64_t size, std::string cursor = {}) const;
    auto stream(std::int64_t batch = 500) const;

    const selection& what() const noexcept { return what_; }

private:
    selection what_;
};

template <class T>
query_of<T> query() {
    return {};
}

}  // namespace croft
