// Bringing a database to a shape by adding only: tables, columns, indexes, history and its triggers. That is all that a
// program without migrations does, what every program does for Croft's own tables, and how a database made without
// migrations is adopted by the first one. Loop thread only.
#pragma once

#include "migrate/shape.hpp"
#include "migrate/steps.hpp"

namespace croft::migrations {

struct growth {
    std::vector<step> steps;
    std::vector<std::string> problems;  // why adding isn't enough
    std::vector<std::string> remarks;   // differences that do no harm
};

/// What is missing in `there` for `wanted`, whose own shape is `model`. `extras` are objects that no schema holds; they
/// keep no data and are made anew when they differ.
growth what_is_missing(const shape& there, const shape& model, const schema& wanted,
                       const std::vector<model_schema::object>& extras, db::engine engine);

/// The same, read from the database. Changes nothing.
task<growth> what_is_missing(db::database* base, schema wanted, std::vector<model_schema::object> extras);

}  // namespace croft::migrations
