// History by triggers: for a model with history() a table "<table>_history" that holds every version of every row, with
// real columns, its validity and who made it. The database itself writes it, so the sqlite3 shell can't go round it.
//
//   history_id      key of the version
//   history_from    since when it was valid (RFC 3339 text, UTC)
//   history_to      until when; null: it still is
//   history_change  insert, update or delete (a delete is a version of no duration: history_from = history_to)
//   history_run, history_task, history_note   the run, its task and what the code noted; null for outsiders
//
// The context is the one row of croft_context, written and taken away again within the writer's own transaction: an
// outsider never sees it. Loop thread only.
#pragma once

#include "croft/model_info.hpp"
#include "db/database.hpp"
#include "model/schema.hpp"

namespace croft::history {

/// The table that the context of a transaction is written to.
model_schema::object context_table();

/// History table, indexes and triggers of a model that has history().
std::vector<model_schema::object> objects_of(const model_info& model, db::engine engine);

/// The history table as a model of its own, for queries by name, GraphQL and the admin page. Lives as long as the
/// program. Throws croft::error when the model has no history.
const model_info& model_of(const model_info& model);

/// Makes every transaction of the database carry the running task's context and the loop clock's time.
void attach(db::database& base);

}  // namespace croft::history
