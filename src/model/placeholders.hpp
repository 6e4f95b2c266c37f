// SQL by hand, with one kind of placeholders for every engine.
#pragma once

#include "croft/sql.hpp"
#include "db/database.hpp"

namespace croft::model_sql {

/// The statement as the engine takes it: ? and :name become ?1 or $1, ?? becomes ?. Throws croft::error when values and
/// placeholders don't agree.
db::statement placed(const detail::sql_text& what, db::engine engine);

}  // namespace croft::model_sql
