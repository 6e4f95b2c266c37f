// History: what every row was, when, and who changed it; and the way back. Models with history() have it: database
// triggers write it, so that changes by psql or the sqlite3 shell are in it too.
//
//     auto then = co_await croft::as_of(yesterday).query<Item>().where(f<&Item::type> == "seed").list();
//     for (auto& change : co_await croft::history_of<Item>(42)) croft::log::info("{} {}", change.at, change.diff());
//     co_await croft::revert_run(run);        // what a run did is undone: a change like any other, with its own
//     history
//
// The table "<table>_history" can be read with plain SQL; its columns are described in docs/history.md.
// Loop thread only; everything may throw db::error, and croft::error where a model has no history().
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

/// Queries on the rows as they were at a moment, also of what they refer to.
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
    const model_info* model = nullptr;
    std::vector<value> key;    // the row's primary key
    std::int64_t version = 0;  // history_id; a later change has a greater one
    time_point at{};
    std::optional<time_point> until;  // when the next change came; empty: it is still so
    std::string kind;                 // "insert", "update", "delete"; "baseline": it was there when history began
    std::optional<std::int64_t> run;
    std::string task, user, request, note, data;  // empty for changes made from outside
    std::vector<field_change> changes;
    std::vector<value> row;                    // all fields, as they are in this version (a delete: as they were last)
    std::optional<std::vector<value>> before;  // as they were before it; empty where there was no row

    /// "sell_price: 10 -> 12, type: \"item\" -> \"meal\""
    std::string diff() const;
    /// The row, for people: "Item hoe", "RecipeItem 12".
    std::string name() const;
    /// The row as it is in this version.
    template <class T>
    T as() const {
        T made;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const auto& field = model->fields[i];
            field.set(reinterpret_cast<char*>(&made) + field.offset, row[i]);
        }
        return made;
    }
};

/// A row's changes, oldest first; empty when there never was such a row.
task<std::vector<row_change>> history_of(const model_info& model, std::vector<value> key);
template <class T, class... Key>
task<std::vector<row_change>> history_of(Key... key) {
    return history_of(model<T>(), std::vector<value>{detail::as_value(std::move(key))...});
}

/// The changes after `from` until `to`, oldest first: what as_of(to) shows and as_of(from) doesn't.
task<std::vector<row_change>> changes_between(const model_info& model, time_point from, time_point to);
template <class T>
task<std::vector<row_change>> changes_between(time_point from, time_point to) {
    return changes_between(model<T>(), from, to);
}

/// What a run (croft_run.id) changed, model by model, oldest first.
task<std::vector<row_change>> changes_of_run(std::int64_t run);
task<std::vector<row_change>> changes_of_run(const model_info& model, std::int64_t run);
template <class T>
task<std::vector<row_change>> changes_of_run(std::int64_t run) {
    return changes_of_run(model<T>(), run);
}

/// One change a row, in the order of the first: what all of these did to it together. What came to nothing is left out.
std::vector<row_change> net_changes(std::vector<row_change> changes);

/// Who gave the field the value that it has (or, where the row is gone, had last): nothing when there never was such a
/// row.
///
///     auto change = co_await croft::last_change<&Item::sell_price>(42);
task<std::optional<row_change>> last_change(const model_info& model, std::size_t field, std::vector<value> key);
template <auto Member, class... Key>
task<std::optional<row_change>> last_change(Key... key) {
    return last_change(model<detail::model_of_member<Member>>(), detail::field_index<Member>(),
                       std::vector<value>{detail::as_value(std::move(key))...});
}

/// A row was changed again after what is to be undone, or something refers to it since. Nothing was written.
class revert_conflict : public error {
public:
    revert_conflict(const std::string& message, std::vector<std::string> all)
        : error(message), conflicts(std::move(all)) {}
    std::vector<std::string> conflicts;  // one line each
};

struct revert_options {
    /// Later changes of the rows are undone too, and what refers to a row that goes is treated as on_delete says.
    bool force = false;
    /// What the history notes of it; without one: "revert of run 7".
    std::string note = {};
};

struct revert_report {
    std::size_t inserted = 0, updated = 0, removed = 0, unchanged = 0;
};

/// Brings a row back to what it was in a version (row_change::version), also when it is gone; to the version of a
/// delete: removes it. Throws croft::error when the row has no such version.
task<revert_report> revert(const model_info& model, std::vector<value> key, std::int64_t version,
                           revert_options options = {});
template <class T, class Key>
task<revert_report> revert(Key key, std::int64_t version, revert_options options = {}) {
    return revert(model<T>(), std::vector<value>{detail::as_value(std::move(key))}, version, std::move(options));
}

/// Undoes changes, in one transaction: rows that they inserted are removed, rows that they removed come back with their
/// keys, others get the values that they had before; in the order that references need. Throws revert_conflict when a
/// row was changed again since, unless forced; db::constraint_error when the state of then can't be had beside what is
/// there now.
task<revert_report> revert_changes(std::vector<row_change> changes, revert_options options = {});

/// Undoes all that a run changed.
task<revert_report> revert_run(std::int64_t run, revert_options options = {});

}  // namespace croft
