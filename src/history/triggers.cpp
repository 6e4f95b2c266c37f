#include "history/triggers.hpp"

#include <fmt/format.h>

#include "model/sql.hpp"

namespace croft::history {

trigger_parts::trigger_parts(const model_info& of)
    : model(of),
      keys(of.keys),
      tracked(tracked_fields(of)),
      all(all_fields(of)),
      table(model_sql::identifier(of.table)),
      versions(model_sql::identifier(model_sql::history_table(of))) {
    for (auto& one : context_columns()) who += fmt::format("{}{}", who.empty() ? "" : ", ", one.history);
}

std::string trigger_parts::name(std::string_view suffix) const {
    return model_schema::object_name({model_sql::history_table(model), suffix});
}

std::string trigger_parts::insert_into() const {
    return fmt::format("INSERT INTO {} ({}, history_from, history_to, history_change, {})", versions, list(model, all),
                       who);
}

std::string trigger_parts::refusal() const {
    return fmt::format("{} is append-only: it is written by triggers, and \"history prune\" removes old versions",
                       model_sql::history_table(model));
}

}  // namespace croft::history
