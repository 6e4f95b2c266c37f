// Bringing a database to a shape by adding only: tables, columns, indexes, history and its triggers. That is all that a
// program without migrations does, what every program does for Croft's own tables, and how a database made without
// migrations is adopted by the first one. Loop thread only.
#pragma once

#include "migrate/differ.hpp"
#include "migrate/shape.hpp"
#include "migrate/steps.hpp"

namespace croft::migrations {

struct growth {
    std::vector<step> steps;
    std::vector<std::string> problems;  // why adding isn't enough
    std::vector<std::string> remarks;   // differences that do no harm
};

/// What is missing in `there` for `wanted`, whose own shape, but for the `renames` that are part of it, is `model`.
/// `extras` are objects that no schema holds; they keep no data and are made anew when they differ.
growth what_is_missing(const shape& there, const shape& model, const schema& wanted,
                       const std::vector<model_schema::object>& extras, db::engine engine,
                       const std::vector<renaming>& renames = {});

/// What must be made anew so that `wanted` stands on its tables: triggers, functions, indexes. Triggers of rollups that
/// nobody wants are dropped.
std::vector<step> what_hangs_wrong(const shape& there, const std::vector<model_schema::object>& wanted,
                                   db::engine engine);

/// Whether those of `wanted` that aren't indexes stand as they should.
bool all_triggers_stand(const shape& there, const std::vector<model_schema::object>& wanted, db::engine engine);

/// Whether a trigger or function that is there is this one.
bool is_same_trigger(const model_schema::object& one, const std::string& there, db::engine engine);

/// Of all triggers of rollups: the statements that drop them.
std::vector<step> drop_rollups(const shape& there, db::engine engine);

}  // namespace croft::migrations
