#include "model/given_keys.hpp"

#include <algorithm>

#include "db/database.hpp"
#include "db/message.hpp"

namespace croft {

task<> count_on_from(const model_info* model, std::int64_t id) {
    auto& base = db::current();
    if (base.kind() != db::engine::postgres || !model->assigns_key() || id <= base.counted_to(model->table)) co_return;
    std::vector<value> params{id, db::identifier(model->table), model->fields[model->id].column};
    const auto counted = co_await base.write(
        {"SELECT CASE WHEN $1::bigint > coalesce(pg_sequence_last_value(counter), 0) THEN setval(counter, $1) "
         "ELSE pg_sequence_last_value(counter) END "
         "FROM (SELECT pg_get_serial_sequence($2::text, $3::text)::regclass) AS of (counter) WHERE counter IS NOT NULL",
         std::move(params)});
    if (!counted.empty()) note_given(*model, counted.at(0, 0).integer());
}

void note_given(const model_info& model, std::int64_t id) {
    auto& base = db::current();
    if (base.kind() != db::engine::postgres) return;
    auto& known = base.counted_to(model.table);
    known = std::max(known, id);
}

}  // namespace croft
