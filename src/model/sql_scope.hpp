// The rows that one SELECT is about: the model's table and one LEFT JOIN for each reference that a path goes through.
// Expressions and conditions are written in a scope; a subquery has one of its own.
#pragma once

#include <span>

#include "croft/condition.hpp"
#include "model/sql_builder.hpp"

namespace croft::model_sql {

class scope {
public:
    scope(builder& out, const model_info& model, std::optional<time_point> as_of);
    /// Of one row that has a name already: "NEW".
    scope(builder& out, const model_info& model, std::string alias)
        : out_(out), model_(model), alias_(std::move(alias)) {}
    /// All that a selection is made of is gathered at once.
    scope(builder& out, const selection& what);

    /// To be told of everything that write() will be asked for, before write_from(). Throws croft::error when a field
    /// of another model is among it.
    void needs(const expression& e);
    void needs(const condition& c);
    bool joins() const noexcept { return !joins_.empty(); }

    /// table t0 LEFT JOIN …
    void write_from();
    /// t1."type"
    void write(const path& p);
    /// The primary key of the row that references lead to; of the scope's own where there are none.
    void write_key(const path& references);
    void write(const expression& e);
    /// As text is compared and sorted: by its bytes, on every engine.
    void write_ordered(const expression& e);
    void write(const condition& c);
    /// The same as a whole: " WHERE …", or nothing where it always holds.
    void write_clause(std::string_view word, const condition& c);

    builder& out() noexcept { return out_; }
    const model_info& model() const noexcept { return model_; }
    const std::string& alias() const noexcept { return alias_; }

private:
    struct join {
        std::vector<std::size_t> steps;
        std::string alias;
    };
    /// What rows are grouped by and is computed: PostgreSQL takes n / $1 and n / $2 for different things, so it is
    /// written once, and repeated to the letter.
    struct computed_group {
        expression by;
        std::string sql{};
    };
    void needs(const path& p);
    void write_table(const model_info& model, std::string_view alias);
    const std::string& alias_of(const std::vector<std::size_t>& steps);
    void write_operand(const expression& e, bool real);
    void write_computed(const expression& e);
    void write_arithmetic(const expression& e);
    void write_aggregate(const expression& e);
    void write_comparison(const condition& c);
    void write_joined(std::span<const condition> parts, std::string_view word);
    void write_two(const condition& c);
    void write_in(const condition& c);
    void write_search(const condition& c);
    void write_related(const condition& c);
    void write_negation(const condition& c);

    builder& out_;
    const model_info& model_;
    std::optional<time_point> as_of_;
    std::string alias_;
    std::vector<join> joins_;
    std::vector<computed_group> groups_;
};

/// SELECT … of a selection's columns within another statement.
void write_select(builder& out, const selection& what);

/// The table that keeps the model's history.
std::string history_table(const model_info& model);

}  // namespace croft::model_sql
