// Keyset pages: where in a total order a page begins, as a condition and as a text to be handed out.
#pragma once

#include "croft/condition.hpp"

namespace croft::model_sql {

/// A row's place in an order: what each of the orderings gives for it.
struct keyset {
    bool backwards = false;  // the page ends there
    std::vector<value> place;
};

/// The rows behind the place; before it, where it runs backwards.
condition beyond(const std::vector<ordering>& total_order, const keyset& from);
/// The other way round.
std::vector<ordering> reversed(std::vector<ordering> orders);

/// "eyJ2…": of the place, and of the model and order that it belongs to.
std::string to_cursor(const model_info& model, const std::vector<ordering>& total_order, const keyset& at);
/// Throws croft::error for a text that isn't one, or belongs to another model or order.
keyset from_cursor(const model_info& model, const std::vector<ordering>& total_order, std::string_view cursor);

}  // namespace croft::model_sql
