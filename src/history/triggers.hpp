// The triggers that write history, per engine. Internal to history.
#pragma once

#include "history/columns.hpp"
#include "model/ddl.hpp"

namespace croft::history {

/// What all triggers of a model are made of.
struct trigger_parts {
    explicit trigger_parts(const model_info& of);

    const model_info& model;
    std::vector<std::size_t> keys, tracked, all;
    std::string table, versions;  // quoted
    std::string who;              // the context's columns in the event table: "history_run, history_task, …"
    std::string name(std::string_view suffix) const;  // <table>_history_<suffix>, not quoted
    /// INSERT INTO "item_history" ("id", …, history_from, history_to, history_change, …)
    std::string insert_into() const;
    std::string refusal() const;
};

std::vector<model_schema::object> sqlite_triggers(const model_info& model);
std::vector<model_schema::object> postgres_triggers(const model_info& model);

}  // namespace croft::history
