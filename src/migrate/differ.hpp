// What lies between two shapes, as operations: models against migrations (makemigrations), a database against either
// (migrate, check), and a migration's way back. Any thread.
#pragma once

#include "migrate/schema.hpp"

namespace croft::migrations {

/// That something old goes on under a new name, which nobody can see from two shapes. `column` empty: the table.
struct renaming {
    std::string table, column, to;
    friend bool operator==(const renaming&, const renaming&) = default;
};

struct difference {
    std::vector<operation> operations;
    std::vector<std::string> destroys;  // what is lost: "item.price is dropped"
    std::vector<std::string> problems;  // what operations can't do, with the remedy
};

struct known {
    std::vector<renaming> renames;
    std::map<std::string, value> fills;  // "item.owner" -> what rows that are there get
};

/// The operations that make `goal` of `from`. Replaying them gives it but for the order of columns.
difference compare(const schema& from, const schema& goal, const known& decided = {});

/// What may be renamings: a table or column that goes while one like it comes. One for each that comes, at most.
std::vector<renaming> possible_renames(const schema& from, const schema& goal, const known& decided = {});

/// The operations that undo `step`, made in `before`. Nothing where there is no way back.
std::optional<difference> inverse(const operation& step, const schema& before);

}  // namespace croft::migrations
