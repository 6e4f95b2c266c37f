#include "model/sql_builder.hpp"

#include "model/ddl.hpp"

namespace croft::model_sql {

builder& builder::name(std::string_view identifier_text) {
    db::append_identifier(sql_, identifier_text);
    return *this;
}

builder& builder::bind(value v) {
    if (how_ == values::written) return *this << model_schema::literal(v, engine_);
    params_.push_back(std::move(v));
    sql_ += sqlite() ? '?' : '$';
    sql_ += std::to_string(params_.size());
    return *this;
}

}  // namespace croft::model_sql
