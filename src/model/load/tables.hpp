// Tables of the loader's own. They are plain: SELECT * FROM croft_rejected WHERE model = 'Item' is a fair question.
#pragma once

#include "croft/model.hpp"

namespace croft::loading {

/// A source row that was set aside. The same row with the same reasons is kept once, with when it came first and last.
struct croft_rejected {
    std::int64_t id = 0;
    std::string digest;  // of model, source and reasons
    std::string model;   // "Item"
    std::int64_t row = 0;
    std::optional<std::string> source;  // JSON
    std::string reasons;                // one a line: "\"price\": \"abc\" is not an integer"
    time_point first_at{}, last_at{};
    std::int64_t times = 1;
    std::optional<std::int64_t> run;  // of the last time
    std::optional<std::string> task;
};
CROFT_MODEL(croft_rejected, unique<&croft_rejected::digest>, indexed<&croft_rejected::model, &croft_rejected::last_at>);

/// See croft/cursor.hpp.
struct croft_cursor {
    std::int64_t id = 0;
    std::string name;
    std::optional<std::string> mark;
    std::string kind;  // of the mark: "time", "integer", "text"; empty: none
    std::string page, etag;
    std::optional<std::int64_t> run;  // that stored it
    std::optional<std::string> task;
    croft::modified_at modified_at;
};
CROFT_MODEL(croft_cursor, unique<&croft_cursor::name>);

}  // namespace croft::loading
