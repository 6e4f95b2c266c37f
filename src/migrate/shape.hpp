// What a database's catalogue says: tables, columns, indexes, triggers, in the engine's own terms. Two databases of one
// engine can be compared by it, cell by cell; that is how a schema is recognised in a database: its tables are made in
// an empty place, read, and compared with what is there. Loop thread only.
#pragma once

#include "db/database.hpp"
#include "migrate/schema.hpp"

namespace croft::migrations {

struct column_shape {
    std::string name, type;
    bool not_null = false;
    std::string initial;                           // SQL of the default; empty: none
    int key = 0;                                   // place in the primary key, from 1; 0: not in it
    bool generated = false;                        // computed by the database
    std::string target, target_column, on_delete;  // of a reference over this column alone
    friend bool operator==(const column_shape&, const column_shape&) = default;
};

struct index_shape {
    std::string table;
    bool unique = false;
    std::vector<std::pair<std::string, bool>> parts;  // column (empty: an expression) and whether it descends
    std::string where;
    std::string text;  // that made it, as the engine remembers it
    friend bool operator==(const index_shape&, const index_shape&) = default;
};

struct table_shape {
    std::vector<column_shape> columns;
    std::map<std::string, index_shape> indexes;
    std::map<std::string, std::string> triggers;  // name -> text
    std::vector<std::string> checks;              // their conditions, sorted
    std::vector<std::string> others;              // what else there is: references over several columns …
    bool counts_keys = false;                     // the database assigns the key

    const column_shape* find(std::string_view name) const;
};

using shape = std::map<std::string, table_shape, std::less<>>;

/// All tables (PostgreSQL: of the current schema).
task<shape> read_shape(db::database* base);

/// The statements that make all of a schema in an empty database.
std::string creation_of(const schema& wanted, db::engine engine);

/// What the database would say of what these statements make. They run in a place that is thrown away.
task<shape> shape_of(std::string creation, db::database* base);

/// "INTEGER NOT NULL DEFAULT 0": for messages.
std::string to_text(const column_shape& of);

namespace detail {
task<shape> read_shape_sqlite(db::database* base);
/// What a CREATE TABLE says of a column, from its name on. Empty: nothing.
std::string column_in(std::string_view create_table, std::string_view column);
task<shape> read_shape_postgres(db::database* base);
/// Runs `sql` in a schema that is gone afterwards.
task<shape> shape_in_schema_postgres(db::database* base, std::string sql);
}  // namespace detail

}  // namespace croft::migrations
