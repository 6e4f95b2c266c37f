// Values on their way to a statement's placeholders, whose types the server finds out from where they stand: numbers,
// truth values, texts and times travel as text, which every type can read; bytes as they are.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "croft/value.hpp"
#include "db/postgres/failure.hpp"

namespace croft::db::postgres {

/// Points into `from`, which must outlive it.
class parameters {
public:
    /// Throws statement_error for a text with a zero byte, which PostgreSQL can't store.
    parameters(std::span<const value> from, const place& where);

    int count() const noexcept { return static_cast<int>(values_.size()); }
    const char* const* values() const noexcept { return values_.data(); }
    const int* lengths() const noexcept { return lengths_.data(); }
    const int* formats() const noexcept { return formats_.data(); }

private:
    std::vector<const char*> values_;
    std::vector<int> lengths_, formats_;
    std::vector<std::string> texts_;  // never grows beyond what is reserved: values_ point into it
};

/// A value as PostgreSQL reads it from text; bytes as "\x0aff", null as nothing.
std::string text_of(const value& from);

/// Throws statement_error for a text with a zero byte.
void refuse_zero_bytes(std::string_view text, const place& where);

}  // namespace croft::db::postgres
