// Expressions as SQL that means the same on both engines: arithmetic in 64-bit integers or doubles, checked.
#include <algorithm>

#include "model/sql_scope.hpp"

namespace croft::model_sql {

namespace {

constexpr std::string_view functions[] = {
    "", "", "croft_add", "croft_subtract", "croft_multiply", "croft_divide", "croft_remainder"};
constexpr std::string_view symbols[] = {"", "", " + ", " - ", " * ", " / ", " % "};

bool is_real(const expression& e) { return e.type() == field_type::real; }

}  // namespace

void scope::write(const expression& e) {
    switch (e.what()) {
        case operation::field:
            return write(e.field());
        case operation::constant:
            out_.bind(e.constant());
            return;
        case operation::add:
        case operation::subtract:
        case operation::multiply:
        case operation::divide:
        case operation::remainder:
            return write_computed(e);
        default:
            return write_aggregate(e);
    }
}

void scope::write_ordered(const expression& e) {
    write(e);
    if (!out_.sqlite() && e.is_text()) out_ << " COLLATE \"C\"";
}

/// A number in arithmetic. PostgreSQL would otherwise compute in the column's own size.
void scope::write_operand(const expression& e, bool real) {
    write(e);
    if (out_.sqlite()) return;
    const bool computed = e.what() >= operation::add && e.what() <= operation::remainder;
    if (real)
        out_ << (computed && is_real(e) ? "" : "::float8");
    else if (!computed)
        out_ << "::bigint";
}

void scope::write_computed(const expression& e) {
    const auto group = std::ranges::find(groups_, e, &computed_group::by);
    if (group == groups_.end()) return write_arithmetic(e);
    if (!group->sql.empty()) {
        out_ << group->sql;
        return;
    }
    const auto start = out_.text().size();
    write_arithmetic(e);
    group->sql = out_.text().substr(start);
}

void scope::write_arithmetic(const expression& e) {
    const auto how = static_cast<std::size_t>(e.what());
    out_ << (out_.sqlite() ? functions[how] : std::string_view{}) << "(";
    write_operand(e.operands()[0], is_real(e));
    out_ << (out_.sqlite() ? ", " : symbols[how]);
    write_operand(e.operands()[1], is_real(e));
    out_ << ")";
}

void scope::write_aggregate(const expression& e) {
    if (e.what() == operation::count_rows) {
        out_ << "count(*)";
        return;
    }
    const auto& of = e.operands()[0];
    switch (e.what()) {
        case operation::sum:  // SQLite fails when integers overflow; PostgreSQL's numeric only when told
            out_ << "coalesce(sum(";
            write(of);
            out_ << (out_.sqlite() || !e.is_integer() ? ")" : ")::bigint") << (is_real(of) ? ", 0.0)" : ", 0)");
            return;
        case operation::average:
            out_ << "avg(";
            write(of);
            out_ << (out_.sqlite() ? ")" : "::float8)");
            return;
        case operation::minimum:
        case operation::maximum:
            out_ << (e.what() == operation::minimum ? "min(" : "max(");
            write_ordered(of);
            break;
        default:
            out_ << (e.what() == operation::count ? "count(" : "count(DISTINCT ");
            write(of);
    }
    out_ << ")";
}

}  // namespace croft::model_sql
