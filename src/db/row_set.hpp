// What a statement answered: its rows, compact (16 bytes a cell, all texts in one block), and what it changed.
//
//     auto rows = co_await database.read({"SELECT id, name FROM item"});
//     for (std::size_t i = 0; i < rows.size(); ++i) use(rows.at(i, 0).integer(), rows.at(i, 1).text());
//
// Made on a connection's thread, read on the loop's; afterwards any one thread at a time. Views into it live as long as
// it does, and don't survive its being moved.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "croft/value.hpp"

namespace croft::db {

/// What a cell holds. Booleans arrive as integers 0 and 1 and times as text (croft::to_text), on every engine; the
/// model knows what they stand for.
enum class cell_type : std::uint8_t { null, integer, real, text, bytes };

/// "null", "integer", …: for messages.
std::string_view name_of(cell_type type) noexcept;

namespace detail {
struct cell {
    union {
        std::int64_t integer = 0;
        double real;
        std::uint64_t offset;  // of a text, in the block
    };
    std::uint32_t length = 0;
    cell_type type = cell_type::null;
};
static_assert(sizeof(cell) == 16);
}  // namespace detail

/// One cell. The accessors throw db::error when the cell holds something else.
class cell_view {
public:
    cell_view(const detail::cell& cell, const char* block) noexcept : cell_(&cell), block_(block) {}

    cell_type type() const noexcept { return cell_->type; }
    bool is_null() const noexcept { return cell_->type == cell_type::null; }
    std::int64_t integer() const {
        if (cell_->type != cell_type::integer) refuse(cell_type::integer);
        return cell_->integer;
    }
    /// An integer is given as the nearest real.
    double real() const {
        if (cell_->type == cell_type::integer) return static_cast<double>(cell_->integer);
        if (cell_->type != cell_type::real) refuse(cell_type::real);
        return cell_->real;
    }
    std::string_view text() const {
        if (cell_->type != cell_type::text) refuse(cell_type::text);
        return {block_ + cell_->offset, cell_->length};
    }
    std::span<const std::byte> bytes() const {
        if (cell_->type != cell_type::bytes) refuse(cell_type::bytes);
        return std::as_bytes(std::span(block_ + cell_->offset, cell_->length));
    }
    value to_value() const;

private:
    [[noreturn]] void refuse(cell_type wanted) const;
    const detail::cell* cell_;
    const char* block_;
};

class row_set {
public:
    using names = std::shared_ptr<const std::vector<std::string>>;

    /// Number of rows; of columns.
    std::size_t size() const noexcept { return width_ == 0 ? 0 : cells_.size() / width_; }
    bool empty() const noexcept { return cells_.empty(); }
    std::size_t width() const noexcept { return width_; }
    const std::vector<std::string>& columns() const noexcept;

    /// The cell at a row and column, both from 0 and in range (not checked).
    cell_view at(std::size_t row, std::size_t column) const noexcept {
        return {cells_[row * width_ + column], block_.data()};
    }

    std::int64_t changes = 0;         ///< rows inserted, updated or deleted, without those of triggers
    std::int64_t last_insert_id = 0;  ///< the key of the row that the statement inserted last; 0 where it inserted none

    // For drivers: rows are added cell by cell.
    void set_columns(names columns);
    /// Room for so many rows of them.
    void reserve(std::size_t rows) { cells_.reserve(rows * width_); }
    void add_null() { cells_.emplace_back(); }
    void add_integer(std::int64_t number);
    void add_real(double number);
    void add_text(std::string_view text) { add_block(text, cell_type::text); }
    void add_bytes(std::string_view bytes) { add_block(bytes, cell_type::bytes); }

private:
    void add_block(std::string_view content, cell_type type);

    std::vector<detail::cell> cells_;
    std::string block_;
    std::size_t width_ = 0;
    names columns_;
};

}  // namespace croft::db
