// The tables of Seed with their history, on both engines.
#pragma once

#include "history/history.hpp"
#include "history/seed.hpp"
#include "migrate/migrator.hpp"

namespace history_test_tables {

using namespace croft;

inline task<> make(db::database* base) { co_await migrations::make_tables(base, all_models()); }

inline task<> drop(db::database* base) {
    co_await base->script("DROP TABLE seed; DROP TABLE seed_history");
    if (base->kind() == db::engine::sqlite) co_await base->script("DROP TABLE croft_context");
}

}  // namespace history_test_tables
