// A column's definition, taken apart again. Any thread.
#pragma once

#include <string>

namespace croft::migrations {

/// "price" integer NOT NULL DEFAULT 0 CONSTRAINT "c" CHECK ("price" > 0) REFERENCES …
struct definition {
    std::string type;  // with its collation
    bool not_null = false;
    std::string initial;     // empty: none
    std::string check_name;  // empty: none
    std::string check;
    std::string references;  // from REFERENCES on; empty: none
    std::string key;         // PRIMARY KEY and how it is assigned; empty: none
    friend bool operator==(const definition&, const definition&) = default;
};

/// Reads what model_schema::column_of has written.
definition read_definition(std::string_view text);

/// The text without the names of its constraints, which stay when a table is renamed.
std::string without_constraint_names(std::string text);

}  // namespace croft::migrations
