#include <fmt/format.h>

#include <algorithm>

#include "model/sql.hpp"

namespace croft::model_sql {

namespace {

void require_plain(const selection& what, std::string_view verb) {
    if (!what.order.empty() || what.limit || what.offset || what.as_of || what.lock != row_lock::none)
        throw error(fmt::format("{} of {}: order_by, limit, offset, as_of and for_update can't be used here", verb,
                                what.model->name));
}

/// WHERE …; where a condition looks through references, which DELETE and UPDATE can't: WHERE key IN (SELECT key …).
void write_where(scope& rows, const selection& what) {
    auto& out = rows.out();
    if (what.where.what() == condition::kind::always) return;
    if (!rows.joins()) {
        out << " WHERE (";
        rows.write(what.where);
        out << ")";
        return;
    }
    selection ids = what;
    const auto& keys = what.model->keys;
    out << " WHERE " << (keys.size() > 1 ? "(" : "");
    for (auto key : keys) {
        if (!ids.columns.empty()) out << ", ";
        ids.columns.emplace_back(path{what.model, {key}});
        rows.write(ids.columns.back());
    }
    out << (keys.size() > 1 ? ") IN (" : " IN (");
    write_select(out, ids);
    out << ")";
}

/// The scope of the rows to be changed: "table" AS t0.
scope changed_rows(builder& out, const selection& what) {
    scope rows(out, *what.model, std::nullopt);
    rows.needs(what.where);
    return rows;
}

void require_own_fields(const expression& e) {
    if (e.aggregates()) throw error(e.describe() + ": update() can't set an aggregate");
    if (e.what() == operation::field && e.field().steps.size() > 1)
        throw error(e.describe() + ": update() computes from fields of the row itself only");
    for (auto& one : e.operands()) require_own_fields(one);
}

std::string_view bounds(field_type type) {
    if (type == field_type::integer16) return ", -32768, 32767)";
    if (type == field_type::integer32) return ", -2147483648, 2147483647)";
    return {};
}

void write_value(scope& rows, const field_info& field, const assignment& change) {
    auto& out = rows.out();
    if (!change.computed) {
        out.bind(change.to);
        return;
    }
    const auto limits = out.sqlite() ? bounds(field.type) : std::string_view{};  // PostgreSQL checks them itself
    if (!limits.empty()) out << "croft_within(";
    rows.write(*change.computed);
    out << limits;
}

class insert_statement {
public:
    insert_statement(const model_info& model, db::engine engine) : model_(model), out_(engine) {}

    void list(std::span<const std::size_t> which) {
        for (std::size_t i = 0; i < which.size(); ++i) (i ? out_ << ", " : out_).column(model_.fields[which[i]]);
    }

    void write_values(std::span<const std::size_t> fields) {
        out_ << "INSERT INTO ";
        out_.name(model_.table) << " ";
        if (fields.empty()) {
            out_ << "DEFAULT VALUES";
            return;
        }
        out_ << "(";
        list(fields);
        out_ << ") VALUES (";
        for (std::size_t i = 0; i < fields.size(); ++i) (i ? out_ << ", " : out_).bind({});
        out_ << ")";
    }

    void write_conflict(std::span<const std::size_t> key) {
        out_ << " ON CONFLICT (";
        list(key);
        out_ << ") DO ";
    }

    void write_update(std::span<const std::size_t> fields, std::span<const std::size_t> key) {
        std::vector<std::size_t> written, compared;
        for (auto i : fields) {
            if (std::ranges::find(key, i) != key.end() || model_.fields[i].role == field_role::created_at) continue;
            if (std::ranges::find(model_.keys, i) != model_.keys.end()) continue;  // a row that is there keeps its key
            written.push_back(i);
            if (model_.fields[i].role == field_role::plain) compared.push_back(i);
        }
        if (compared.empty()) {
            out_ << "NOTHING";
            return;
        }
        out_ << "UPDATE SET ";
        for (std::size_t i = 0; i < written.size(); ++i) {
            (i ? out_ << ", " : out_).column(model_.fields[written[i]]) << " = excluded.";
            out_.column(model_.fields[written[i]]);
        }
        out_ << " WHERE ";
        for (std::size_t i = 0; i < compared.size(); ++i) {
            (i ? out_ << " OR " : out_).name(model_.table) << ".";
            out_.column(model_.fields[compared[i]])
                << (out_.sqlite() ? " IS NOT excluded." : " IS DISTINCT FROM excluded.");
            out_.column(model_.fields[compared[i]]);
        }
    }

    std::string finish(std::span<const std::size_t> returning) {
        if (!returning.empty()) {
            out_ << " RETURNING ";
            list(returning);
        }
        return std::move(out_).finish().sql;
    }

    builder& out() noexcept { return out_; }

private:
    const model_info& model_;
    builder out_;
};

}  // namespace

db::statement remove(const selection& what, db::engine engine) {
    require_plain(what, "remove()");
    builder out(engine);
    auto rows = changed_rows(out, what);
    out << "DELETE FROM ";
    out.name(what.model->table) << " AS " << rows.alias();
    write_where(rows, what);
    return std::move(out).finish();
}

db::statement update(const selection& what, const std::vector<assignment>& changes, time_point now, db::engine engine) {
    require_plain(what, "update()");
    builder out(engine);
    auto rows = changed_rows(out, what);
    const auto& fields = what.model->fields;
    std::vector<std::size_t> bound(changes.size());
    out << "UPDATE ";
    out.name(what.model->table) << " AS " << rows.alias() << " SET ";
    for (std::size_t i = 0; i < changes.size(); ++i) {
        if (changes[i].computed) require_own_fields(*changes[i].computed);
        if (changes[i].computed) rows.needs(*changes[i].computed);
        (i ? out << ", " : out).column(fields[changes[i].field]) << " = ";
        write_value(rows, fields[changes[i].field], changes[i]);
        bound[i] = out.bound();
    }
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (fields[i].role == field_role::modified_at &&
            std::ranges::find(changes, i, &assignment::field) == changes.end()) {
            (out << ", ").column(fields[i]) << " = ";
            out.bind(now);
        }
    write_where(rows, what);
    out << (what.where.what() == condition::kind::always ? " WHERE (" : " AND (");
    for (std::size_t i = 0; i < changes.size(); ++i) {
        if (i) out << " OR ";
        rows.write(path{what.model, {changes[i].field}});
        out << " IS DISTINCT FROM ";
        if (changes[i].computed)
            write_value(rows, fields[changes[i].field], changes[i]);
        else
            out.placeholder(bound[i]);
    }
    out << ")";
    return std::move(out).finish();
}

db::insertion insertion(const model_info& model, std::span<const std::size_t> fields, std::span<const std::size_t> key,
                        db::engine engine) {
    db::insertion made{model.table, {}};
    for (const auto i : fields) {
        if (std::ranges::find(key, i) != key.end()) made.key.push_back(made.columns.size());
        made.columns.push_back(model.fields[i].column);
    }
    if (key.empty()) return made;
    insert_statement rule(model, engine);
    rule.write_conflict(key);
    rule.write_update(fields, key);
    made.on_conflict = rule.finish({});
    return made;
}

std::string upsert(const model_info& model, std::span<const std::size_t> fields, std::span<const std::size_t> key,
                   std::optional<std::size_t> returning, db::engine engine) {
    insert_statement made(model, engine);
    made.write_values(fields);
    if (!key.empty()) {
        made.write_conflict(key);
        made.write_update(fields, key);
    }
    return made.finish(returning ? std::span(&*returning, 1) : std::span<const std::size_t>{});
}

std::string insert_new(const model_info& model, std::span<const std::size_t> fields, std::span<const std::size_t> key,
                       db::engine engine) {
    insert_statement made(model, engine);
    made.write_values(fields);
    made.write_conflict(key);
    made.out() << "NOTHING";
    return made.finish(model.keys);
}

}  // namespace croft::model_sql
