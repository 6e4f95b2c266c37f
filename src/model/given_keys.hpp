// Ids that rows bring along, where the database gives ids, too. SQLite goes on from the highest there has been;
// PostgreSQL counts by itself, would come to them later, and has to be told.
#pragma once

#include "croft/model_info.hpp"
#include "croft/task.hpp"

namespace croft {

/// After a row with this id was written: the database gives no id up to this one any more. Asks PostgreSQL only where
/// that isn't known already. A crash in between leaves it to the next such row; an id given twice is refused.
task<> count_on_from(const model_info* model, std::int64_t id);
/// The database has given this id by itself.
void note_given(const model_info& model, std::int64_t id);

}  // namespace croft
