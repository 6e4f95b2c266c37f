// Rows of 25 columns, for benchmarks that write them: made, and bound by hand. The struct is the benchmark's own, as
// what its model says of it differs:
//
//     std::int64_t id = 0;
//     std::string name;
//     std::int64_t a1 = 0, … a12 = 0;
//     std::string t1, … t11;
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

template <class Wide>
std::vector<Wide> wide_rows(int count, std::int64_t salt = 0) {
    std::vector<Wide> all(static_cast<std::size_t>(count));
    std::int64_t i = 0;
    for (auto& w : all) {
        w.name = "a name of twenty letters " + std::to_string(++i);
        w.a1 = salt;
        w.a2 = w.a3 = w.a4 = w.a5 = w.a6 = w.a7 = w.a8 = w.a9 = w.a10 = w.a11 = w.a12 = i;
        w.t1 = w.t2 = w.t3 = w.t4 = w.t5 = w.t6 = w.t7 = w.t8 = w.t9 = w.t10 = w.t11 = "a text of thirty letters or so";
    }
    return all;
}

/// All but the id, which the database assigns.
template <class Wide>
void bind_wide(sqlite3_stmt* to, const Wide& w) {
    int place = 0;
    const auto text = [&](const std::string& s) {
        sqlite3_bind_text(to, ++place, s.data(), static_cast<int>(s.size()), SQLITE_STATIC);
    };
    text(w.name);
    for (auto n : {w.a1, w.a2, w.a3, w.a4, w.a5, w.a6, w.a7, w.a8, w.a9, w.a10, w.a11, w.a12})
        sqlite3_bind_int64(to, ++place, n);
    for (auto* t : {&w.t1, &w.t2, &w.t3, &w.t4, &w.t5, &w.t6, &w.t7, &w.t8, &w.t9, &w.t10, &w.t11}) text(*t);
}

}  // namespace bench
