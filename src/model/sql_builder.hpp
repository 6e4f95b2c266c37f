// A statement under construction: text, placeholders, bound values. Names come from model declarations only and are
// quoted; values are bound.
#pragma once

#include "croft/model_info.hpp"
#include "db/database.hpp"
#include "db/message.hpp"

namespace croft::model_sql {

using db::identifier;

class builder {
public:
    enum class values : bool { bound, written };
    /// `written`: values are in the text, for triggers, which can have no parameters.
    explicit builder(db::engine engine, values how = values::bound) : engine_(engine), how_(how) {
        sql_.reserve(usual_length);
    }
    builder& operator<<(std::string_view text) {
        sql_ += text;
        return *this;
    }
    builder& name(std::string_view identifier_text);
    builder& column(const field_info& field) { return name(field.column); }
    builder& column(const field_info& field, std::string_view of_table);
    /// Binds a value and writes its placeholder.
    builder& bind(value v);
    std::string_view text() const noexcept { return sql_; }
    std::size_t bound() const noexcept { return params_.size(); }
    /// The placeholder of a value that was bound before, counted from 1.
    builder& placeholder(std::size_t number);
    /// A name for a table that no other has in this statement: t0, t1 …
    std::string next_alias() { return "t" + std::to_string(aliases_++); }
    db::engine engine() const noexcept { return engine_; }
    bool sqlite() const noexcept { return engine_ == db::engine::sqlite; }
    db::statement finish() && { return {std::move(sql_), std::move(params_)}; }

private:
    static constexpr std::size_t usual_length = 500, usual_values = 4;  // more cost another allocation, no more

    db::engine engine_;
    values how_;
    unsigned aliases_ = 0;
    std::string sql_;
    std::vector<value> params_;
};

}  // namespace croft::model_sql
