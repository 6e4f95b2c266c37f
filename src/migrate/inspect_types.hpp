// What a column of a foreign database is in C++. Any thread.
#pragma once

#include "migrate/shape.hpp"

namespace croft::migrations {

struct cpp_column {
    std::string type;     // "std::int32_t"; empty: no member can hold it
    std::string initial;  // C++; empty: what the type begins with
    std::string remark;   // what is lost
    std::size_t max_length = 0;
    std::vector<std::string> absorbed;  // checks that the type says already
};

/// `checks`: the table's.
cpp_column cpp_column_of(const column_shape& column, const std::vector<std::string>& checks, db::engine engine);

}  // namespace croft::migrations
