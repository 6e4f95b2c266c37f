#include "croft/select.hpp"

#include <fmt/format.h>

#include "model/rows.hpp"
#include "model/sql.hpp"

namespace croft::detail {

task<> select_into(selection what, void* rows, emplace_row emplace, row_writer into) {
    auto outputs = what.groups;
    outputs.insert(outputs.end(), what.columns.begin(), what.columns.end());
    if (outputs.size() != into.how.size())
        throw error(fmt::format("a query of {} selects {} columns: the struct that they are read into has {} members",
                                what.model->name, outputs.size(), into.how.size()));
    const auto found = co_await ask(what.lock, model_sql::select(what, db::current().kind()));
    for (std::size_t row = 0; row < found.size(); ++row) {
        auto* to = static_cast<char*>(emplace(rows, found.size() - row));
        for (std::size_t i = 0; i < outputs.size(); ++i) {
            try {
                into.how[i]->set(to + into.offsets[i], cell_value(outputs[i], found.at(row, i)));
            } catch (const error& e) {
                throw error(fmt::format("{}: {}", outputs[i].describe(), e.what()));
            }
        }
    }
}

}  // namespace croft::detail
