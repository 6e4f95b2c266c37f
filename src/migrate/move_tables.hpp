// The tables of a schema, as what copies their rows needs them. Loop thread only.
#pragma once

#include <list>

#include "migrate/steps.hpp"

namespace croft::migrations {

/// A model for each table and each history, with the columns that only the history has still.
class copied_tables {
public:
    explicit copied_tables(const schema& of);
    const std::vector<const model_info*>& models() const noexcept { return models_; }

private:
    std::list<described> tables_;
    std::list<model_info> versions_;
    std::vector<const model_info*> models_;
};

/// A table's rows in the order of its primary key, in batches.
class row_reader {
public:
    using row = std::vector<value>;

    /// Begins after the row with the key `after` (empty: at the start).
    row_reader(const model_info* model, db::database* base, row after, std::size_t batch)
        : model_(model), base_(base), key_(std::move(after)), most_(batch) {}
    /// Empty at the end.
    task<std::vector<row>> next();

private:
    db::statement batch() const;

    const model_info* model_;
    db::database* base_;
    row key_;
    std::size_t most_, limit_ = 16;
};

/// The key of a table's last row; empty: it has none.
task<row_reader::row> last_key(const model_info* model, db::database* base);

/// Adds a row to a checksum that is the same for the same values on every engine.
void add_row(std::uint64_t& checksum, const std::vector<value>& values);

/// What makes a schema's tables in two parts, between which they are filled.
struct two_parts {
    std::vector<std::string> tables;      // without references on PostgreSQL; SQLite's aren't checked meanwhile
    std::vector<std::string> completion;  // indexes, references, triggers
};
two_parts creation_in_two_parts(const schema& of, db::engine engine);

}  // namespace croft::migrations
