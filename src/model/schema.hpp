// The database's shape: what models want to be there, what is there, and the steps from one to the other.
//
// Steps only add (tables, columns, indexes, triggers) and replace indexes and triggers that Croft made. What would lose
// or reinterpret data is refused with an explanation. All steps are applied in one transaction and noted in the table
// croft_migration; two processes that migrate at once wait for each other and the second finds nothing to do.
#pragma once

#include <string>
#include <vector>

#include "model/ddl.hpp"

namespace croft::model_schema {

struct plan {
    std::vector<std::string> steps;     // SQL, in order
    std::vector<std::string> problems;  // why the database can't be brought to the models' shape
    bool done() const { return steps.empty() && problems.empty(); }
};

/// Compares the database with `wanted`. Reads only.
task<plan> compare(db::database* base, std::vector<object> wanted);

/// Brings the database to the wanted shape; gives the steps that were made. Throws croft::error, naming every problem,
/// and changes nothing when it can't.
task<std::vector<std::string>> migrate(db::database* base, std::vector<object> wanted);

}  // namespace croft::model_schema
