// What the database tests share. Tests of both engines: support/engines.hpp says how.
#pragma once

#include "support/engines.hpp"

namespace croft::db {

using test::count;
using test::dropped;
using test::failure_of;
using test::in;
using test::listed;
using test::number;

using database_test = test::one_engine<engine::sqlite>;
using postgres_test = test::one_engine<engine::postgres>;

}  // namespace croft::db
