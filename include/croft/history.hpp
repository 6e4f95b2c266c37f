// History: what every row was, when, and who changed it. Models with history() have it; database triggers write it.
//
//     auto then = co_await croft::as_of(yesterday).query<Item>().where(f<&Item::type> == "seed").list();
//     for (auto& change : co_await croft::history_of<Item>(42)) croft::log::info("{} {}", change.at, change.diff());
//
// The table "<table>_history" can be read with plain SQL; its columns are described in docs/history.md.
// Loop thread only; everything may throw db::error.
#pragma once

#include "croft/query.hpp"

namespace croft {

/// What the history tells of a change besides its run; what is left empty stays as it was around.
struct change_context {
    std::string note = {};     // free text
    std::string user = {};     // on whose behalf
    std::string request = {};  // such as the id of an HTTP request
    std::string data = {};     // anything else: JSON
};

/// Everything that is written while this lives carries the note: in the history tables, column history_note.
///
///     croft::change_note note(version.name);
///     co_await load<Item>(rows);
///
/// A transaction carries what held when it began. Belongs to one coroutine: make it there, as a local variable.
class change_note {
public:
    explicit change_note(std::string note);
    explicit change_note(change_context change);
    ~change_note();
    change_note(const change_note&) = delete;
    change_note& operator=(const change_note&) = delete;

private:
    std::shared_ptr<work::run_info> before_;
    runtime::inherited* target_;
};

/// Queries on the rows as they were at a moment.
class as_of {
public:
    explicit as_of(time_point then) noexcept : then_(then) {}
    template <class T>
    query_of<T> query() const {
        return query_of<T>().as_of(then_);
    }

private:
    time_point then_;
};

/// What one change did to one field. A value is null where the row didn't exist.
struct field_change {
    std::string field;
    value from, to;
};

/// One version of a row: when it began, who made it, and how it differs from the one before.
struct row_change {
    time_point at{};
    std::optional<time_point> until;  // when the next change came; empty: it is still so
    std::string kind;                 // "insert", "update", "delete"
    std::optional<std::int64_t> run;
    std::string task, note;  // empty for changes made from outside
    std::vector<field_change> changes;

    /// "sell_price: 10 -> 12, type: \"item\" -> \"meal\""
    std::string diff() const;
};

/// A row's changes, oldest first; empty when there never was such a row. Throws croft::error when the model has no
/// history().
task<std::vector<row_change>> history_of(const model_info& model, std::int64_t id);
template <class T>
task<std::vector<row_change>> history_of(std::int64_t id) {
    return history_of(model<T>(), id);
}

}  // namespace croft
