// Migrations: numbered steps that bring a database from one shape to the next, and back. `makemigrations` writes them
// from what changed in the models; they are compiled into the program, and `migrate` applies what a database lacks.
//
//     CROFT_MIGRATION("0002_prices",
//         add_column("item", integer32("price").initial(5)),
//         rename_column("item", "title", "name"),
//         add_index("item", {"price"}));
//
// It stands in migrations/0002_prices.cpp in the app's folder, where croft_app() finds it. Operations say what changes,
// not how: each engine gets its own SQL (`migrate --sql`), and the way back follows from the shape before, which is
// what all earlier migrations make when they are replayed. So drop_column names a column and nothing more. Only sql()
// and data() must say themselves how they are undone; without that, a database can't be brought back across them. Names
// are those of tables and columns. An applied migration must not be changed: its hash is kept in croft_migration.
// docs/migrations.md has the rules and the commands. Wrong operations throw croft::error, naming migration and line,
// when they are replayed.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "croft/model_info.hpp"
#include "croft/task.hpp"

namespace croft::migrations {

/// A value as it is written down: true, 5, 0.5, "text", moment("2026-03-01T00:00:00Z"), hex("00ff").
struct literal {
    value held;
    literal(value v) : held(std::move(v)) {}
    literal(bool b) : held(b) {}
    literal(int i) : held(std::int64_t{i}) {}
    literal(std::int64_t i) : held(i) {}
    literal(double d) : held(d) {}
    literal(const char* text) : held(std::string(text)) {}
};
literal moment(std::string_view rfc3339);
literal day(std::string_view iso);
literal span(std::string_view iso);  ///< a duration: "PT1H30M"
literal number(std::string_view decimal, int scale);
literal key_of(std::string_view uuid);
literal json_of(std::string_view text);
literal hex(std::string_view digits);

/// A column, as integer32("price").nullable(). Not nullable, its default is the zero of its type, unless initial() says
/// otherwise.
struct column {
    std::string name;
    field_type type = field_type::integer64;
    field_role role = field_role::plain;
    bool is_key = false;
    bool is_nullable = false;
    value initial_value;         // null: none if nullable, else the type's zero
    std::size_t max_length = 0;  // of a text, in characters; 0: any
    int scale = 0;               // digits after a decimal's point
    std::vector<std::string> enumerators{};
    std::string target{};  // references only: the table
    on_delete rule = on_delete::cascade;
    std::optional<value> filling{};  // see fill(); no part of the shape

    /// May be null.
    column nullable() const;
    /// Part of the primary key.
    column key() const;
    /// Of a text: at most so many characters.
    column max(std::size_t characters) const;
    /// The default.
    column initial(literal v) const;
    /// What rows that are there already get, where they would have null: in add_column and alter_column.
    column fill(literal v) const;

    /// The same shape: all but fill().
    friend bool operator==(const column& a, const column& b);
};

column id(std::string name = "id");  ///< the usual primary key: an integer that the database assigns
column boolean(std::string name);
column integer16(std::string name);
column integer32(std::string name);
column integer64(std::string name);
column real(std::string name);
column text(std::string name);
column bytes(std::string name);
column timestamp(std::string name);
column date(std::string name);
column duration(std::string name);
column decimal(std::string name, int scale);
column uuid(std::string name);
column json(std::string name);
column enumeration(std::string name, std::vector<std::string> names);  ///< stored as the text of its name
column created_at(std::string name);
column modified_at(std::string name);
column reference(std::string name, std::string table, on_delete rule = on_delete::cascade);

using columns = std::vector<column>;
using names = std::vector<std::string>;

struct create_table {
    std::string table;
    migrations::columns columns;
};
struct drop_table {
    std::string table;
};
struct rename_table {
    std::string table, to;
};
struct add_column {
    std::string table;
    migrations::column column;
};
/// With history, its versions keep the column.
struct drop_column {
    std::string table, column;
};
/// A column that was dropped goes from the versions too.
struct forget_column {
    std::string table, column;
};
struct rename_column {
    std::string table, column, to;
};
/// The column gets another type, default, rule or nullability. A value that doesn't fit the new type makes it fail.
struct alter_column {
    std::string table;
    migrations::column column;
};
/// No two rows share these.
struct add_unique {
    std::string table;
    names columns;
};
struct drop_unique {
    std::string table;
    names columns;
};
/// A part of an index: a column, as {"price"}, or descending("price").
struct index_part {
    std::string column;
    bool descends = false;
    index_part(const char* name) : column(name) {}
    index_part(std::string name, bool descending = false) : column(std::move(name)), descends(descending) {}
    friend bool operator==(const index_part&, const index_part&) = default;
};
inline index_part descending(std::string column) { return {std::move(column), true}; }
struct index_options {
    std::string where{};        // SQL: only rows for which it is true
    bool unique = false;        // no two of these rows share the columns; only with `where`
    bool concurrently = false;  // PostgreSQL: without locking the table, in a migration without anything else
};
struct add_index {
    std::string table;
    std::vector<index_part> parts;
    index_options options{};
};
struct drop_index {
    std::string table;
    std::vector<index_part> parts;
    index_options options{};
};
/// CHECK (condition), the same SQL for both engines, as constraint <table>_<name>.
struct add_check {
    std::string table, name, condition;
};
struct drop_check {
    std::string table, name;
};
/// From here on every change of a row is kept; what is there becomes the first version. Changes of the columns in
/// `except` alone make no version. A second one replaces `except`.
struct keep_history {
    std::string table;
    names except{};
};
/// No more versions are made; those that are there stay.
struct end_history {
    std::string table;
};
/// The versions go too.
struct drop_history {
    std::string table;
};

/// SQL, the same for both engines or one each. An empty one does nothing.
struct engine_sql {
    std::string sqlite, postgres;
    engine_sql() = default;
    engine_sql(const char* both) : sqlite(both), postgres(both) {}
    engine_sql(const char* on_sqlite, const char* on_postgres) : sqlite(on_sqlite), postgres(on_postgres) {}
};
/// One statement or several. The shape that is replayed knows nothing of it: it is for what models don't describe
/// (views, triggers of one's own) and for changes of data in one statement.
struct sql {
    engine_sql forward;
    std::optional<engine_sql> backward{};  // nothing: there is no way back
};

/// What a data migration works on: the database as it is between the operations around it, in SQL, within the
/// migration's transaction. Placeholders are ?1, ?2 … on both engines.
class rows_access {
public:
    explicit rows_access(void* database) : database_(database) {}
    task<std::vector<std::vector<value>>> read(std::string query, std::vector<value> params = {}) const;
    /// Gives the number of rows changed.
    task<std::int64_t> write(std::string change, std::vector<value> params = {}) const;

private:
    void* database_;
};
/// Changes of data in code: data([](rows_access rows) -> task<> { co_await rows.write("UPDATE …"); }). Lambdas capture
/// nothing.
struct data {
    using work = task<> (*)(rows_access);
    work forward;
    work backward = nullptr;  // null: there is no way back
};

using operation = std::variant<create_table, drop_table, rename_table, add_column, drop_column, forget_column,
                               rename_column, alter_column, add_unique, drop_unique, add_index, drop_index, add_check,
                               drop_check, keep_history, end_history, drop_history, sql, data>;

struct migration {
    std::string name;
    const char* file = "";
    int line = 0;
    std::vector<operation> (*operations)() = nullptr;
};

/// What CROFT_MIGRATION calls.
bool declare(migration made);

}  // namespace croft::migrations

// By name, not `using namespace`: a migration may stand behind the user's own using-directives.
#define CROFT_MIGRATION_WORDS_                                                                                         \
    using ::croft::migrations::create_table, ::croft::migrations::drop_table, ::croft::migrations::rename_table,       \
        ::croft::migrations::add_column, ::croft::migrations::drop_column, ::croft::migrations::forget_column,         \
        ::croft::migrations::rename_column, ::croft::migrations::alter_column, ::croft::migrations::add_unique,        \
        ::croft::migrations::drop_unique, ::croft::migrations::add_index, ::croft::migrations::drop_index,             \
        ::croft::migrations::add_check, ::croft::migrations::drop_check, ::croft::migrations::keep_history,            \
        ::croft::migrations::end_history, ::croft::migrations::drop_history, ::croft::migrations::sql,                 \
        ::croft::migrations::data, ::croft::migrations::rows_access, ::croft::migrations::id,                          \
        ::croft::migrations::boolean, ::croft::migrations::integer16, ::croft::migrations::integer32,                  \
        ::croft::migrations::integer64, ::croft::migrations::real, ::croft::migrations::text,                          \
        ::croft::migrations::bytes, ::croft::migrations::timestamp, ::croft::migrations::date,                         \
        ::croft::migrations::duration, ::croft::migrations::decimal, ::croft::migrations::uuid,                        \
        ::croft::migrations::json, ::croft::migrations::enumeration, ::croft::migrations::created_at,                  \
        ::croft::migrations::modified_at, ::croft::migrations::reference, ::croft::migrations::descending,             \
        ::croft::migrations::moment, ::croft::migrations::day, ::croft::migrations::span, ::croft::migrations::number, \
        ::croft::migrations::key_of, ::croft::migrations::json_of, ::croft::migrations::hex, ::croft::task;            \
    using enum ::croft::on_delete;

#define CROFT_MIGRATION_JOIN_(a, b) a##b
#define CROFT_MIGRATION_NAME_(line) CROFT_MIGRATION_JOIN_(croft_migration_at_, line)
/// CROFT_MIGRATION("0002_prices", operations…): see the head of this file.
#define CROFT_MIGRATION(Name, ...)                                                                                    \
    [[maybe_unused]] static const bool CROFT_MIGRATION_NAME_(__LINE__) =                                              \
        ::croft::migrations::declare({Name, __FILE__, __LINE__, []() -> std::vector<::croft::migrations::operation> { \
                                          CROFT_MIGRATION_WORDS_                                                      \
                                          return {__VA_ARGS__};                                                       \
                                      }})
