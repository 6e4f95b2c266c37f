#include "db/statement.hpp"

#include "db/message.hpp"

namespace croft::db {

std::string one_row(const insertion& what, char placeholder) {
    std::string names, places;
    for (const auto& column : what.columns) {
        if (!names.empty()) names += ", ", places += ", ";
        names += identifier(column);
        places += placeholder + std::to_string(&column - what.columns.data() + 1);
    }
    return "INSERT INTO " + identifier(what.table) + " (" + names + ") VALUES (" + places + ")" + what.on_conflict;
}

}  // namespace croft::db
