#include "migrate/shape.hpp"

namespace croft::migrations::detail {

task<shape> read_shape_postgres(db::database*) { throw error("PostgreSQL's catalogue can't be read yet"); }
task<shape> shape_in_schema_postgres(db::database*, std::string) { throw error("PostgreSQL's catalogue can't be read yet"); }

}  // namespace croft::migrations::detail
