// Cursors: how far a source has been read, so that the next run asks for the rest only. Kept in the table croft_cursor,
// one row a name, and stored together with the rows they speak of.
//
//     auto at = co_await cursor("items");                                    // empty the first time
//     auto page = (co_await api.get("/items", {{"since", at.since(1h)}})).json();   // an hour's lag: late rows
//     at.reach(page["items"], "updated_at");                                 // the highest that was seen
//     co_await load<Item>(item_rows.read(page["items"]), {.cursor = at});    // rows and cursor, or neither
//
// A source that gives pages is read on where it was left by `page`; one that answers "not modified" by `etag`.
// `cursors list|show|set|reset` shows and changes them; `cursors backfill items FROM UNTIL TASK` runs a task once with
// a cursor that stands for that range, and leaves the stored one alone. Loop thread only; throws db::error.
#pragma once

#include <string>
#include <string_view>

#include "croft/task.hpp"
#include "croft/value.hpp"

namespace croft {

class json;

struct cursor_state {
    std::string name;
    value mark;          // the highest seen: a time, an integer or a text; null: nothing yet
    std::string page;    // the next page's token; empty: from the start
    std::string etag;    // of the last answer; empty: none
    value until;         // backfills: where the range ends (not in it); else null
    bool fixed = false;  // a backfill's: not stored

    /// The mark less a lag, as text for a request: "2026-03-01T00:00:00.000000Z", "1041", "abc"; empty: from the start.
    /// A lag is taken from times only; of integers see behind().
    std::string since(duration lag = {}) const;
    std::string behind(std::int64_t lag) const;
    /// Where a backfill ends, as text; else empty.
    std::string up_to() const;
    /// Takes the mark up to `seen` if that is higher. Throws croft::error when they are of different kinds.
    void reach(value seen);
    /// The highest value at `path` in an array of source rows: integers, RFC 3339 times, other texts in their order as
    /// text. Rows without one don't count.
    void reach(const json& rows, std::string_view path);
};

/// The cursor of that name; a new one where there is none.
task<cursor_state> cursor(std::string name);

/// Stores it: for a transaction of your own. load does it by itself with {.cursor = …}.
task<> save(cursor_state state);

}  // namespace croft
