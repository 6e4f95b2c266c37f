#include "model/sql_scope.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace croft::model_sql {

std::string history_table(const model_info& model) { return model.table + "_history"; }

scope::scope(builder& out, const model_info& model, std::optional<time_point> as_of)
    : out_(out), model_(model), as_of_(as_of), alias_(out.next_alias()) {}

scope::scope(builder& out, const selection& what) : scope(out, *what.model, what.as_of) {
    for (auto& one : what.columns) needs(one);
    for (auto& one : what.groups) {
        needs(one);
        if (one.what() != operation::field) groups_.push_back({one});
    }
    for (auto& one : what.order) needs(one.by);
    needs(what.where);
    needs(what.having);
}

void scope::needs(const path& p) {
    if (p.root != &model_) {
        if (p.steps.empty())
            throw error(fmt::format("a condition on {} is used in a query of {}: put through<&{}::…>(…) around it",
                                    p.root->name, model_.name, model_.name));
        throw error(fmt::format("{} is used in a query of {}: write the path to it, as in f<&{}::…, &{}::…>",
                                p.describe(), model_.name, model_.name, p.root->name));
    }
    for (std::size_t n = 1; n < p.steps.size(); ++n) {
        std::vector<std::size_t> steps(p.steps.begin(), p.steps.begin() + static_cast<std::ptrdiff_t>(n));
        if (std::ranges::find(joins_, steps, &join::steps) == joins_.end())
            joins_.push_back({std::move(steps), out_.next_alias()});
    }
}

void scope::needs(const expression& e) {
    if (e.what() == operation::field) needs(e.field());
    for (auto& one : e.operands()) needs(one);
}

void scope::needs(const condition& c) {
    switch (c.what()) {
        case condition::kind::always:
            return;
        case condition::kind::compare:
        case condition::kind::in_query:
            needs(c.left());
            if (c.what() == condition::kind::compare && c.other()) needs(*c.other());
            return;
        case condition::kind::related:
            return needs(c.through().from);
        default:
            for (auto& part : c.parts()) needs(part);
    }
}

void scope::write_from() {
    write_table(model_, alias_);
    for (auto& [steps, alias] : joins_) {
        const path until{&model_, steps};
        const auto& target = until.field().target();
        out_ << " LEFT JOIN ";
        write_table(target, alias);
        out_ << " ON ";
        out_.column(target.fields[target.id], alias) << " = ";
        write(until);
    }
}

void scope::write(const path& p) {
    out_.column(p.field(), p.steps.size() == 1 ? alias_ : alias_of({p.steps.begin(), p.steps.end() - 1}));
}

void scope::write_key(const path& references) {
    if (!references.steps.empty()) return write(references);
    out_.column(model_.fields[model_.id], alias_);
}

void scope::write_clause(std::string_view word, const condition& c) {
    if (c.what() == condition::kind::always) return;
    out_ << word;
    write(c);
}

void scope::write_table(const model_info& model, std::string_view alias) {
    if (!as_of_) {
        out_.name(model.table) << " " << alias;
        return;
    }
    if (!model.has_history)
        throw error(fmt::format("{} has no history: as_of needs history() in its CROFT_MODEL", model.name));
    out_ << "(SELECT * FROM ";
    out_.name(history_table(model)) << " WHERE \"history_from\" <= ";
    const bool sqlite = out_.engine() == db::engine::sqlite;  // the form that the engine's index on it has
    out_.bind(*as_of_) << (sqlite ? " AND (\"history_to\" IS NULL OR \"history_to\" > "
                                  : " AND (coalesce(\"history_to\", 'infinity'::timestamptz) > ");
    out_.bind(*as_of_) << ")) " << alias;
}

const std::string& scope::alias_of(const std::vector<std::size_t>& steps) {
    return steps.empty() ? alias_ : std::ranges::find(joins_, steps, &join::steps)->alias;
}

}  // namespace croft::model_sql
