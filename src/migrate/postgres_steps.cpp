#include "migrate/steps.hpp"

namespace croft::migrations::detail {

bool change_columns_postgres(const transition&) { throw error("PostgreSQL's tables can't be changed yet"); }

}  // namespace croft::migrations::detail
