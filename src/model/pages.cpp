#include "croft/pages.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "model/keyset.hpp"
#include "model/rows.hpp"
#include "model/sql.hpp"

namespace croft::detail {

namespace {

/// The row's place in the order, whose values follow the model's fields.
std::vector<value> place_of(const model_info& model, const std::vector<ordering>& orders, const db::row_set& found,
                            std::size_t row) {
    std::vector<value> place;
    for (std::size_t i = 0; i < orders.size(); ++i)
        place.push_back(cell_value(orders[i].by, found.at(row, model.fields.size() + i)));
    return place;
}

}  // namespace

task<cursors> page_into(selection what, std::int64_t size, std::string cursor, void* rows, emplace_row emplace) {
    const auto& model = *what.model;
    if (what.limit || what.offset)
        throw error(model.name + ": a page has a size and a cursor; limit() and offset() can't be used with it");
    if (size < 1) throw error(fmt::format("{}: a page of {} rows", model.name, size));
    const auto orders = model_sql::total_order(what);
    model_sql::keyset from;
    if (!cursor.empty()) {
        from = model_sql::from_cursor(model, orders, cursor);
        what.where = std::move(what.where) && model_sql::beyond(orders, from);
    }
    what.order = from.backwards ? model_sql::reversed(orders) : orders;
    what.limit =
        std::min(size, std::numeric_limits<std::int64_t>::max() - 1) + 1;  // one more, to know whether there are more
    for (std::size_t i = 0; i < model.fields.size(); ++i) what.columns.emplace_back(path{&model, {i}});
    for (auto& order : orders) what.columns.push_back(order.by);
    const auto found = co_await ask(what.lock, model_sql::select(what, db::current().kind()));

    const auto count = std::min(found.size(), static_cast<std::size_t>(size));
    for (std::size_t i = 0; i < count; ++i)
        read_row(model, found, from.backwards ? count - 1 - i : i, emplace(rows, count - i));
    cursors around;
    if (count == 0) co_return around;
    const bool more = found.size() > count;
    const auto first = from.backwards ? count - 1 : 0, last = from.backwards ? 0 : count - 1;
    if (from.backwards || more)
        around.next = model_sql::to_cursor(model, orders, {false, place_of(model, orders, found, last)});
    if (from.backwards ? more : !cursor.empty())
        around.previous = model_sql::to_cursor(model, orders, {true, place_of(model, orders, found, first)});
    co_return around;
}

}  // namespace croft::detail
