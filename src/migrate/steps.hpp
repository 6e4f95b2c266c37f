// Operations as SQL: what an engine has to run for one operation on a database of a given shape. Any thread.
#pragma once

#include "db/database.hpp"
#include "migrate/schema.hpp"
#include "model/ddl.hpp"

namespace croft::migrations {

struct step {
    enum class kind {
        statement,
        keep_others,     // remember what stands on the table `text` and isn't Croft's: its indexes and triggers
        carry_others,    // columns of the table `text` that aren't among `columns`, with their values, to the new table
        restore_others,  // make them again
        data             // run `work`
    };
    kind what = kind::statement;
    std::string text;
    data::work work = nullptr;
    names columns{};
    friend bool operator==(const step&, const step&) = default;
};

/// A table with all that hangs on it, as an engine has it.
struct relation {
    model_schema::object table;
    std::vector<model_schema::object> indexes;
    std::vector<model_schema::object> attached;  // triggers
};

/// The relations of a table: itself and, where there is one, its history.
std::vector<relation> relations_of(const schema& in, const table& of, db::engine engine);

/// What brings a database of the shape `before` one operation further. Throws croft::error when that can't be.
std::vector<step> steps_of(const operation& what, const schema& before, db::engine engine);

/// What does all of a migration's operations, one after the other.
std::vector<step> steps_of(const std::vector<operation>& all, schema before, db::engine engine);

/// DROP INDEX, DROP TRIGGER …
std::string drop_statement(const model_schema::object& what, db::engine engine);

/// Whether some step rebuilds a table, which SQLite must do with its references unchecked until the commit.
bool rebuilds(const std::vector<step>& steps);

/// As it is printed: statements with a semicolon, the others as comments.
std::string to_text(const step& one);

namespace detail {

/// The name of a table that is made anew, until it takes the old one's place.
std::string temporary_name(const std::string& table);

/// How a relation changes.
struct transition {
    const relation& from;
    const relation& to;
    std::string renamed_from, renamed_to;            // a column
    std::map<std::string, std::string> fills;        // column -> SQL literal for rows that have null there
    std::optional<column> altered_from, altered_to;  // an altered column, as it is stored
    std::string unlimited;  // a text of versions, whose length earlier versions of Croft limited as its table's
    std::vector<step>& out;

    void add(std::string sql) const { out.push_back({step::kind::statement, std::move(sql)}); }
};

/// The columns; gives whether the table was made anew, so that nothing hangs on it any more.
bool change_columns_sqlite(const transition& change);
bool change_columns_postgres(const transition& change);

}  // namespace detail

}  // namespace croft::migrations
