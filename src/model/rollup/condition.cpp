// Which rows of the source a rollup counts.
#include <fmt/format.h>

#include "model/rollup/rollup.hpp"
#include "model/sql.hpp"

namespace croft::rollup {

namespace {

/// Triggers run on any connection, and see one row: only what both engines know of its columns is left.
class reading {
public:
    explicit reading(const model_info& source) : source_(source) {}

    void add(const condition& c) {
        using kind = condition::kind;
        if (c.what() == kind::always) return;
        if (c.what() == kind::related || c.what() == kind::in_query) throw error("where(…) can't look at other rows");
        for (const auto& one : c.parts()) add(one);
        if (c.what() != kind::compare) return;
        if (c.how() == comparison::matches || c.how() == comparison::imatches)
            throw error("where(…) can't have patterns: triggers know none");
        add(c.left());
        if (c.other()) add(*c.other());
    }
    std::vector<std::size_t> fields;

private:
    void add(const expression& e) {
        if (e.what() == operation::constant) return;
        if (e.what() != operation::field) throw error("where(…) can't compute: compare the row's own columns");
        const auto& path = e.field();
        if (path.root != &source_ || path.steps.size() != 1)
            throw error(
                fmt::format("where(…) is about the columns of {} itself, not about {}", source_.name, path.describe()));
        fields.push_back(path.steps.front());
    }

    const model_info& source_;
};

}  // namespace

std::vector<std::size_t> fields_of(const condition& where, const model_info& source) {
    reading all(source);
    all.add(where);
    return std::move(all.fields);
}

std::string clause(const rollup_info& of, std::string_view word, std::string_view row, db::engine engine) {
    if (of.where.what() == condition::kind::always) return {};
    model_sql::builder out(engine, model_sql::builder::values::written);
    out << word << "(";
    model_sql::scope(out, *of.source, std::string(row)).write(of.where);
    out << ")";
    auto sql = std::move(out).finish().sql;
    if (sql.contains("$croft$")) throw error("where(…) can't have $croft$ in a text: triggers are written between two");
    return sql;
}

}  // namespace croft::rollup
