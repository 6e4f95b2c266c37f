// The tables of Seed with their history, on both engines.
#pragma once

#include "history/history.hpp"
#include "history/seed.hpp"
#include "model/schema.hpp"

namespace history_test_tables {

using namespace croft;

inline task<> make(db::database* base) {
    if (base->kind() == db::engine::sqlite) co_await base->write({history::context_table().sql});
    for (auto& one : model_schema::objects_of(model<Seed>(), base->kind())) co_await base->write({one.sql});
    for (auto& one : history::objects_of(model<Seed>(), base->kind())) co_await base->write({one.sql});
}

inline task<> drop(db::database* base) {
    co_await base->script("DROP TABLE seed; DROP TABLE seed_history");
    if (base->kind() == db::engine::sqlite) co_await base->script("DROP TABLE croft_context");
}

}  // namespace history_test_tables
