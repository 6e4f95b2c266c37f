#include "db/row_set.hpp"

#include <fmt/format.h>

#include "croft/db_error.hpp"

namespace croft::db {
namespace {

constexpr std::size_t usual_block = 500;  // bytes: of a row or a few

}  // namespace

std::string_view name_of(cell_type type) noexcept {
    switch (type) {
        case cell_type::null:
            return "null";
        case cell_type::integer:
            return "integer";
        case cell_type::real:
            return "real";
        case cell_type::text:
            return "text";
        case cell_type::bytes:
            return "bytes";
    }
    return "unknown";
}

value cell_view::to_value() const {
    switch (type()) {
        case cell_type::null:
            return {};
        case cell_type::integer:
            return cell_->integer;
        case cell_type::real:
            return cell_->real;
        case cell_type::text:
            return std::string(text());
        case cell_type::bytes:
            return croft::bytes(bytes().begin(), bytes().end());
    }
    return {};
}

void cell_view::refuse(cell_type wanted) const {
    throw error(fmt::format("a cell was read as {} but holds {}", name_of(wanted), name_of(type())));
}

const std::vector<std::string>& row_set::columns() const noexcept {
    static const std::vector<std::string> none;
    return columns_ ? *columns_ : none;
}

void row_set::set_columns(names columns) {
    columns_ = std::move(columns);
    width_ = columns_->size();
}

void row_set::add_integer(std::int64_t number) {
    auto& cell = cells_.emplace_back();
    cell.type = cell_type::integer;
    cell.integer = number;
}

void row_set::add_real(double number) {
    auto& cell = cells_.emplace_back();
    cell.type = cell_type::real;
    cell.real = number;
}

void row_set::add_block(std::string_view content, cell_type type) {
    if (block_.empty()) block_.reserve(usual_block);
    auto& cell = cells_.emplace_back();
    cell.type = type;
    cell.offset = block_.size();
    cell.length = static_cast<std::uint32_t>(content.size());
    block_.append(content);
}

}  // namespace croft::db
