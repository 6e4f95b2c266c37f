#include "model/sql.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "text/json_write.hpp"

namespace croft::model_sql {

std::string identifier(std::string_view name) {
    std::string out = "\"";
    for (char c : name) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + '"';
}

builder& builder::name(std::string_view identifier_text) {
    sql_ += identifier(identifier_text);
    return *this;
}

builder& builder::bind(value v) {
    params_.push_back(std::move(v));
    sql_ += (engine_ == db::engine::sqlite ? '?' : '$') + std::to_string(params_.size());
    return *this;
}

std::string history_table(const model_info& model) { return model.table + "_history"; }

namespace {

/// The FROM clause of a selection: the model's table and one LEFT JOIN for each reference that a path goes through.
class source {
public:
    source(const selection& what, builder& out) : what_(what), out_(out) {
        for (auto& order : what.order) add(order.by);
        add(what.where);
    }

    void write_from() {
        write_table(*what_.model, "t0");
        for (auto& [steps, alias] : joins_) {
            const path until{what_.model, steps};
            out_ << " LEFT JOIN ";
            const auto& target = until.field().target();
            write_table(target, alias);
            out_ << " ON " << alias << ".";
            out_.name(target.fields[target.id].column) << " = ";
            write(until);
        }
    }

    /// alias."column"
    void write(const path& p) {
        out_ << alias_of({p.steps.begin(), p.steps.end() - 1}) << ".";
        out_.name(p.field().column);
    }

private:
    void write_table(const model_info& model, std::string_view alias) {
        if (!what_.as_of) {
            out_.name(model.table) << " " << alias;
            return;
        }
        if (!model.has_history)
            throw error(fmt::format("{} has no history: as_of needs history() in its CROFT_MODEL", model.name));
        out_ << "(SELECT * FROM ";
        out_.name(history_table(model)) << " WHERE \"history_from\" <= ";
        out_.bind(*what_.as_of) << " AND (\"history_to\" IS NULL OR \"history_to\" > ";
        out_.bind(*what_.as_of) << ")) " << alias;
    }

    const std::string& alias_of(const std::vector<std::size_t>& steps) {
        static const std::string base = "t0";
        return steps.empty() ? base : std::ranges::find(joins_, steps, &join::steps)->alias;
    }

    void add(const path& p) {
        for (std::size_t n = 1; n < p.steps.size(); ++n) {
            std::vector<std::size_t> steps(p.steps.begin(), p.steps.begin() + static_cast<std::ptrdiff_t>(n));
            if (std::ranges::find(joins_, steps, &join::steps) == joins_.end())
                joins_.push_back({std::move(steps), "t" + std::to_string(joins_.size() + 1)});
        }
    }
    void add(const condition& c) {
        if (c.what() == condition::kind::compare) return add(c.left());
        if (c.what() == condition::kind::always) return;
        for (auto& part : c.parts()) add(part);
    }

    struct join {
        std::vector<std::size_t> steps;
        std::string alias;
    };
    const selection& what_;
    builder& out_;
    std::vector<join> joins_;
};

std::string like_pattern(std::string_view text, bool open_start, bool open_end) {
    std::string out = open_start ? "%" : "";
    for (char c : text) {
        if (c == '%' || c == '_' || c == '\\') out += '\\';
        out += c;
    }
    return open_end ? out + '%' : out;
}

void write_text_search(builder& out, source& from, const condition& c) {
    const auto& text = std::get<std::string>(c.right().front());
    const bool whole = c.how() == comparison::iequal;
    const bool start = !whole && c.how() != comparison::starts_with && c.how() != comparison::istarts_with;
    const bool end = !whole && c.how() != comparison::ends_with && c.how() != comparison::iends_with;
    const bool sqlite = out.engine() == db::engine::sqlite;
    if (c.how() >= comparison::icontains) {
        from.write(c.left());
        out << (sqlite ? " LIKE " : " ILIKE ");
        out.bind(like_pattern(text, start, end)) << " ESCAPE '\\'";
    } else if (!sqlite) {
        from.write(c.left());
        out << " LIKE ";
        out.bind(like_pattern(text, start, end)) << " ESCAPE '\\'";
    } else if (start && end) {  // SQLite's LIKE ignores case: functions that don't
        out << "instr(";
        from.write(c.left());
        out << ", ";
        out.bind(text) << ") > 0";
    } else {
        out << "substr(";
        from.write(c.left());
        out << (end ? ", 1, length(" : ", -length(");
        out.bind(text) << ")) = ";
        out.bind(text);
        if (text.empty()) out << " OR true";  // substr(x, -0) is x
    }
}

/// One of several values. SQLite gets them as one JSON array where it can, so that the statement stays prepared however
/// many there are.
void write_in(builder& out, source& from, const condition& c) {
    from.write(c.left());
    if (c.right().size() == 1) {
        out << " = ";
        out.bind(c.right().front());
        return;
    }
    const auto plain = [](const value& v) {
        return std::holds_alternative<std::int64_t>(v) || std::holds_alternative<std::string>(v);
    };
    if (out.engine() == db::engine::sqlite && std::ranges::all_of(c.right(), plain)) {
        std::string list = "[";
        for (const auto& v : c.right()) {
            if (list.size() > 1) list += ',';
            if (auto* number = std::get_if<std::int64_t>(&v))
                text::append_json_integer(list, *number);
            else
                text::append_json_string(list, std::get<std::string>(v));
        }
        out << " IN (SELECT value FROM json_each(";
        out.bind(list + "]") << "))";
        return;
    }
    out << " IN (";
    for (std::size_t i = 0; i < c.right().size(); ++i) (i ? out << ", " : out).bind(c.right()[i]);
    out << ")";
}

void write_comparison(builder& out, source& from, const condition& c) {
    static constexpr std::string_view symbols[] = {" = ", " <> ", " < ", " <= ", " > ", " >= "};
    switch (c.how()) {
        case comparison::is_null:
            from.write(c.left());
            out << " IS NULL";
            return;
        case comparison::in:
            if (c.right().empty()) {
                out << "false";
                return;
            }
            write_in(out, from, c);
            return;
        case comparison::not_equal:  // as in C++: a null is different from any value
            from.write(c.left());
            out << " IS DISTINCT FROM ";
            out.bind(c.right().front());
            return;
        case comparison::equal:
        case comparison::less:
        case comparison::less_equal:
        case comparison::greater:
        case comparison::greater_equal:
            from.write(c.left());
            out << symbols[static_cast<std::size_t>(c.how())];
            out.bind(c.right().front());
            return;
        default:
            write_text_search(out, from, c);
    }
}

void write_condition(builder& out, source& from, const condition& c) {
    switch (c.what()) {
        case condition::kind::always:
            out << "true";
            return;
        case condition::kind::compare:
            write_comparison(out, from, c);
            return;
        case condition::kind::negation:  // "is not true", so that not(x) holds where x is null
            out << "(";
            write_condition(out, from, c.parts().front());
            out << ") IS NOT TRUE";
            return;
        case condition::kind::all_of:
        case condition::kind::any_of: {
            const std::string_view word = c.what() == condition::kind::all_of ? " AND " : " OR ";
            for (std::size_t i = 0; i < c.parts().size(); ++i) {
                out << (i ? word : std::string_view{}) << "(";
                write_condition(out, from, c.parts()[i]);
                out << ")";
            }
        }
    }
}

void write_where(builder& out, source& from, const selection& what) {
    if (what.where.what() == condition::kind::always) return;
    out << " WHERE ";
    write_condition(out, from, what.where);
}

void write_order(builder& out, source& from, const selection& what) {
    const auto& keys = what.model->keys;
    const path id{what.model, {what.model->id}};
    out << " ORDER BY ";
    for (auto& order : what.order) {
        from.write(order.by);
        if (order.descending) out << " DESC";
        if (order.by == id && keys.size() == 1) return;  // what comes after a unique field orders nothing
        out << ", ";
    }
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (i) out << ", ";
        from.write({what.model, {keys[i]}});
    }
}

}  // namespace

namespace {

void write_columns(builder& out, source& from, const selection& what, std::span<const std::size_t> fields) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (i) out << ", ";
        from.write({what.model, {fields[i]}});
    }
}

void write_limit(builder& out, const selection& what) {
    if (!what.limit && what.offset == 0) return;
    out << " LIMIT ";
    if (what.limit || out.engine() == db::engine::sqlite)
        out.bind(what.limit.value_or(-1));
    else
        out << "ALL";
    if (what.offset == 0) return;
    out << " OFFSET ";
    out.bind(what.offset);
}

}  // namespace

db::statement select(const selection& what, std::span<const std::size_t> fields, db::engine engine) {
    builder out(engine);
    source from(what, out);
    out << "SELECT ";
    write_columns(out, from, what, fields);
    out << " FROM ";
    from.write_from();
    write_where(out, from, what);
    write_order(out, from, what);
    write_limit(out, what);
    return std::move(out).finish();
}

db::statement select_in_groups(const selection& what, std::span<const std::size_t> fields, std::size_t group,
                               db::engine engine) {
    builder out(engine);
    source from(what, out);
    out << "SELECT ";
    for (std::size_t i = 0; i < fields.size(); ++i) (i ? out << ", " : out).name(what.model->fields[fields[i]].column);
    out << " FROM (SELECT ";
    write_columns(out, from, what, fields);
    out << ", row_number() OVER (PARTITION BY ";
    from.write({what.model, {group}});
    write_order(out, from, what);
    out << ") AS croft_place FROM ";
    from.write_from();
    write_where(out, from, what);
    out << ") WHERE croft_place > ";
    out.bind(what.offset);
    if (what.limit) {
        out << " AND croft_place <= ";
        out.bind(what.offset + *what.limit);
    }
    out << " ORDER BY croft_place";
    return std::move(out).finish();
}

db::statement count(const selection& what, db::engine engine) {
    selection plain = what;
    plain.order.clear();
    builder out(engine);
    source from(plain, out);
    out << "SELECT count(*) FROM ";
    from.write_from();
    write_where(out, from, plain);
    return std::move(out).finish();
}

namespace {

void require_plain(const selection& what, std::string_view verb) {
    if (!what.order.empty() || what.limit || what.offset || what.as_of)
        throw error(
            fmt::format("{} of {}: order_by, limit, offset and as_of can't be used here", verb, what.model->name));
}

/// WHERE key IN (SELECT key …): the selection may look through references, which DELETE and UPDATE can't on every
/// engine.
void write_where_in(builder& out, const selection& what) {
    if (what.where.what() == condition::kind::always) return;
    source from(what, out);
    const auto& keys = what.model->keys;
    out << " WHERE " << (keys.size() > 1 ? "(" : "");
    for (std::size_t i = 0; i < keys.size(); ++i) (i ? out << ", " : out).name(what.model->fields[keys[i]].column);
    out << (keys.size() > 1 ? ")" : "") << " IN (SELECT ";
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (i) out << ", ";
        from.write({what.model, {keys[i]}});
    }
    out << " FROM ";
    from.write_from();
    write_where(out, from, what);
    out << ")";
}

}  // namespace

db::statement remove(const selection& what, db::engine engine) {
    require_plain(what, "remove()");
    builder out(engine);
    out << "DELETE FROM ";
    out.name(what.model->table);
    write_where_in(out, what);
    return std::move(out).finish();
}

db::statement update(const selection& what, const std::vector<assignment>& changes, time_point now, db::engine engine) {
    require_plain(what, "update()");
    builder out(engine);
    out << "UPDATE ";
    out.name(what.model->table) << " SET ";
    bool first = true;
    const auto assign = [&](const field_info& field, value v) {
        if (!std::exchange(first, false)) out << ", ";
        out.name(field.column) << " = ";
        out.bind(std::move(v));
    };
    for (auto& change : changes) assign(what.model->fields[change.field], change.to);
    for (auto& field : what.model->fields)
        if (field.role == field_role::modified_at) assign(field, now);
    write_where_in(out, what);
    out << (what.where.what() == condition::kind::always ? " WHERE (" : " AND (");
    for (std::size_t i = 0; i < changes.size(); ++i) {
        if (i) out << " OR ";
        out.name(what.model->fields[changes[i].field].column) << " IS DISTINCT FROM ";
        out.bind(changes[i].to);
    }
    out << ")";
    return std::move(out).finish();
}

std::string upsert(const model_info& model, std::span<const std::size_t> fields, std::span<const std::size_t> key,
                   bool returning_id, db::engine engine) {
    builder out(engine);
    const auto list = [&](std::span<const std::size_t> which) {
        for (std::size_t i = 0; i < which.size(); ++i) (i ? out << ", " : out).name(model.fields[which[i]].column);
    };
    out << "INSERT INTO ";
    out.name(model.table) << " (";
    list(fields);
    out << ") VALUES (";
    for (std::size_t i = 0; i < fields.size(); ++i) (i ? out << ", " : out).bind({});
    out << ")";
    if (!key.empty()) {
        out << " ON CONFLICT (";
        list(key);
        out << ") DO ";
        std::vector<std::size_t> written, compared;
        for (auto i : fields) {
            if (std::ranges::find(key, i) != key.end() || model.fields[i].role == field_role::created_at) continue;
            written.push_back(i);
            if (model.fields[i].role == field_role::plain) compared.push_back(i);
        }
        if (compared.empty()) {
            out << "NOTHING";
        } else {
            out << "UPDATE SET ";
            for (std::size_t i = 0; i < written.size(); ++i) {
                const auto& column = model.fields[written[i]].column;
                (i ? out << ", " : out).name(column) << " = excluded.";
                out.name(column);
            }
            out << " WHERE ";
            for (std::size_t i = 0; i < compared.size(); ++i) {
                const auto& column = model.fields[compared[i]].column;
                (i ? out << " OR " : out).name(model.table) << ".";
                out.name(column) << (engine == db::engine::sqlite ? " IS NOT excluded."
                                                                  : " IS DISTINCT FROM excluded.");
                out.name(column);
            }
        }
    }
    if (returning_id) {
        out << " RETURNING ";
        list(model.keys);
    }
    return std::move(out).finish().sql;
}

}  // namespace croft::model_sql
