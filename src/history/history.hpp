// History by triggers: for a model with history() a table "<table>_history" that holds every version of every row, with
// real columns, its validity and who made it. The database itself writes it, so neither psql nor the sqlite3 shell can
// go round it. docs/history.md says what the columns mean.
//
// The context of a change (its time on the app's clock, the run, the note …) is known to the database for the length of
// the app's transaction only: on SQLite in the one row of croft_context, on PostgreSQL in settings croft.… that are
// local to the transaction. An outsider never sees it. Loop thread only.
#pragma once

#include "croft/model_info.hpp"
#include "db/database.hpp"
#include "model/ddl.hpp"

namespace croft::history {

/// SQLite: the table that the context of a transaction is written to. PostgreSQL needs none.
model_schema::object context_table();

/// History table (with the statement that fills it when it is new), indexes and triggers of a model that has history(),
/// in the order in which they are made: after all models' tables.
std::vector<model_schema::object> objects_of(const model_info& model, db::engine engine);
/// The indexes among them.
std::vector<model_schema::object> indexes_of(const model_info& model, db::engine engine);
/// The triggers (PostgreSQL: and their functions) among them.
std::vector<model_schema::object> triggers_of(const model_info& model, db::engine engine);

/// The history table as a model of its own, for queries by name, GraphQL and the admin page. Lives as long as the
/// program. Throws croft::error when the model has no history.
const model_info& model_of(const model_info& model);
/// The same made anew, for a model that doesn't live as long.
model_info versions_of(const model_info& model);

/// Makes every transaction of the database carry the running task's context and the loop clock's time.
void attach(db::database& base);
/// What attach() puts at the start of each transaction.
db::statement context_statement(db::engine engine);

/// Within a transaction: lets it remove and end versions of this model, which the event table's guards refuse to all
/// others: they let pass what finds the table's name in the context.
task<> give_permission(const model_info* model);
task<> take_permission(const model_info* model);

/// SQL: the time of a change, on the app's clock or, for outsiders, the database's.
std::string_view now_sql(db::engine engine);

}  // namespace croft::history
