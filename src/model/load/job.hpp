// A load under way: one model's rows, or several models'. loader.cpp has its course; each of the other files here does
// one step of it.
//
//     references.cpp   keys of other rows become ids; rows wait for those that are loaded with them
//     write.cpp        rows are written batch by batch, and what the database refuses is set aside
//     missing.cpp      rows that the source doesn't have any more are removed or marked
//     rejected.cpp     what was set aside is stored
//
// Loop thread only.
#pragma once

#include <unordered_map>
#include <unordered_set>

#include "base/fnv.hpp"
#include "croft/load.hpp"
#include "db/database.hpp"
#include "model/load/tables.hpp"

namespace croft::loading {

/// Fields that identify something, in a row: a stand-in for their values.
digest128 digest_of(const std::vector<value>& row, const std::vector<std::size_t>& places);
digest128 digest_of(const value& v);

/// A field of the rows that names another row by some of its fields: see composite_key.hpp.
struct reference {
    std::size_t place = 0;  // in the rows
    std::string path;       // in the source
    const model_info* target = nullptr;
    std::vector<std::size_t> key_fields{};
    bool optional = false;

    /// What is known of the rows it names; null: there are several.
    std::unordered_map<digest128, value, digest_hash> ids{};
};

/// One model's rows on their way.
struct part {
    part(incoming rows, load_options how) : in(std::move(rows)), options(std::move(how)) {}

    incoming in;  // rows: those that aren't written yet
    load_options options;
    load_report report;
    std::vector<std::size_t> key_places;  // of the natural key, in the rows
    std::vector<reference> references;
    std::vector<digest128> seen;            // natural keys, where rows may be missing
    std::vector<std::vector<value>> later;  // rows that were written without some of their references
    std::vector<incoming::origin> later_origins;
    bool child = false;      // nested rows, see children<>()
    std::size_t placed = 0;  // where its report belongs

    const model_info& model() const { return *in.model; }
    bool watches_missing() const { return child || options.missing != missing::keep; }
};

/// Rows on their way to the database, and where they came from.
struct row_list {
    std::vector<std::vector<value>> rows;
    std::vector<incoming::origin> origins;
    void add(std::vector<value> row, const incoming::origin& from) {
        rows.push_back(std::move(row));
        origins.push_back(from);
    }
};

/// What is added to the rows of every batch.
void prepare(part& of, const std::vector<const model_info*>& together);
/// Rejects rows whose natural key came before.
void make_distinct(part& of);

/// Rows of the parts whose references are all known by now; what names nothing is rejected, what names a row that is
/// still to be written stays. `first`: the database hasn't been asked yet.
task<row_list> take_resolved(part* of, std::vector<part*> all, bool first);
/// Where rows wait for each other: takes those that can be written without the references they wait for.
row_list break_circle(part& of, const std::vector<part*>& all);
void reject_waiting(part& of);
/// The rows that were written without references get them.
task<> write_later(part* of);

/// Adds to the report, or (`again`) only writes.
task<> write(part* of, row_list what, bool again = false);

/// Removes or marks what the source doesn't have; of nested rows, those under the parents that were told.
task<> settle_missing(part* of);

/// What the table croft_rejected says of the rows that were rejected.
std::vector<croft_rejected> rejected_rows(const part& of);
task<> store_rejected(std::vector<croft_rejected> rows);

/// Of rows that have these values in `fields`: the values, and their primary keys; a null key where several rows do.
task<> look_up(const model_info* model, std::vector<std::size_t> fields, std::vector<value> wanted,
               std::unordered_map<digest128, value, digest_hash>* into);

constexpr std::size_t keys_a_query = 500;

}  // namespace croft::loading
