// The tables of a program, as what copies rows needs them. Loop thread only.
#pragma once

#include <list>

#include "migrate/migrator.hpp"

namespace croft::migrations {

/// Models for all of a program's tables: its own, Croft's, those of pairs, and histories with the columns that only
/// they have still.
class copied_tables {
public:
    copied_tables(const wishes& wanted, const program& with);
    const std::vector<const model_info*>& models() const noexcept { return models_; }

private:
    void add(const model_info& model, const schema& end);
    std::vector<const model_info*> models_;
    std::list<model_info> made_;
};

/// Rows in the order of the primary key, after the row with these keys (none: from the start).
db::statement batch_after(const model_info& model, const std::vector<value>& keys, std::size_t most, db::engine engine);

/// Of the last row in that order.
db::statement last_keys(const model_info& model, db::engine engine);

/// The values of a row, as the model has them.
std::vector<value> values_of(const model_info& model, const db::row_set& rows, std::size_t row);
std::vector<value> keys_of(const model_info& model, const std::vector<value>& values);

/// Adds a row to a checksum that is the same for the same values on every engine.
void add_row(std::uint64_t& checksum, const std::vector<value>& values);

/// The statements that complete a table whose rows are in: PostgreSQL's references, and indexes and triggers.
struct bare_table {
    std::string create;  // without references
    std::vector<std::string> complete;
};
std::vector<bare_table> bare_tables(const schema& of, db::engine engine);

}  // namespace croft::migrations
