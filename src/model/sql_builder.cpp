#include "model/sql_builder.hpp"

#include <algorithm>

#include "model/ddl.hpp"

namespace croft::model_sql {

builder& builder::name(std::string_view identifier_text) {
    db::append_identifier(sql_, identifier_text);
    return *this;
}

/// In one piece, as it is written for every column of every query.
builder& builder::column(const field_info& field, std::string_view of_table) {
    const std::string_view name_text = field.column;
    if (name_text.contains('"')) return (*this << of_table << ".").name(name_text);
    const auto before = sql_.size();
    sql_.resize_and_overwrite(before + of_table.size() + name_text.size() + 3, [&](char* text, std::size_t) {
        auto* at = std::ranges::copy(of_table, text + before).out;
        *at++ = '.';
        *at++ = '"';
        at = std::ranges::copy(name_text, at).out;
        *at++ = '"';
        return at - text;  // not what it is called with, which may be the capacity (libstdc++ 12)
    });
    return *this;
}

builder& builder::bind(value v) {
    if (how_ == values::written) return *this << model_schema::literal(v, engine_);
    if (params_.empty()) params_.reserve(usual_values);
    params_.push_back(std::move(v));
    return placeholder(params_.size());
}

builder& builder::placeholder(std::size_t number) {
    sql_ += sqlite() ? '?' : '$';
    sql_ += std::to_string(number);
    return *this;
}

}  // namespace croft::model_sql
