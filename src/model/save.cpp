#include "croft/save.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "croft/query.hpp"
#include "model/batches.hpp"
#include "model/rows.hpp"
#include "model/sql.hpp"

namespace croft {

assignment::assignment(const model_info& of, std::size_t which, value is)
    : model(&of), field(which), to(std::move(is)) {}
assignment::assignment(const model_info& of, std::size_t which, expression is)
    : model(&of), field(which), computed(std::move(is)) {}
assignment::assignment(const assignment& other) = default;
assignment::assignment(assignment&& other) noexcept = default;
assignment& assignment::operator=(const assignment& other) = default;
assignment& assignment::operator=(assignment&& other) noexcept = default;
assignment::~assignment() = default;

}  // namespace croft

namespace croft::detail {

namespace {

constexpr std::size_t rows_a_call = 500;

char* row_at(row_range rows, std::size_t i) { return static_cast<char*>(rows.first) + i * rows.size; }

/// The fields that an INSERT of a whole row writes: all, or all but the id that the database gives.
std::vector<std::size_t> written_fields(const model_info& model, bool with_id) {
    std::vector<std::size_t> fields;
    for (std::size_t i = 0; i < model.fields.size(); ++i)
        if (i != model.id || with_id || !model.assigns_key()) fields.push_back(i);
    return fields;
}

/// Whether the row is a new one for sure: its key is still to be given. A UUID is made here.
bool give_key(const model_info& model, char* row) {
    if (model.keys.size() != 1) return false;
    const auto& key = model.fields[model.id];
    if (model.assigns_key()) return std::get<std::int64_t>(key.get(row + key.offset)) == 0;
    if (key.type != field_type::uuid || !std::get<uuid>(key.get(row + key.offset)).is_nil()) return false;
    key.set(row + key.offset, uuid::v7());
    return true;
}

void append_row(const model_info& model, std::span<const std::size_t> fields, const char* row, time_point at,
                std::vector<value>& params) {
    for (auto i : fields) {
        const auto& field = model.fields[i];
        params.push_back(field.role == field_role::plain ? field.get(row + field.offset) : value(at));
    }
}

void set_times(const model_info& model, char* row, time_point at, bool fresh) {
    for (const auto& field : model.fields)
        if (field.role == field_role::modified_at || (fresh && field.role == field_role::created_at))
            field.set(row + field.offset, at);
}

/// How a whole row is written: as a new one, which the database gives its key, or as one that may be there.
enum class row_form : bool { fresh, known };
struct row_statement {
    std::vector<std::size_t> fields;
    std::string sql;
};

/// The same each time, and so kept: save() and create() are given models of structs, which the program has for good.
const row_statement& statement_for(const model_info& model, row_form form, db::engine engine) {
    static thread_local std::map<std::tuple<const model_info*, row_form, db::engine>, row_statement> all;
    auto& kept = all[{&model, form, engine}];
    if (kept.sql.empty()) {
        kept.fields = written_fields(model, form == row_form::known);
        const bool fresh = form == row_form::fresh;
        kept.sql = model_sql::upsert(model, kept.fields, fresh ? std::vector<std::size_t>{} : model.keys,
                                     fresh && model.assigns_key(), engine);
    }
    return kept;
}

/// False when nothing differed.
task<bool> write_row(const model_info* model, char* row, row_form form, time_point at) {
    auto& base = db::current();
    const auto& how = statement_for(*model, form, base.kind());
    std::vector<value> params;
    params.reserve(how.fields.size());
    append_row(*model, how.fields, row, at, params);
    const auto written = co_await base.write({how.sql, std::move(params)});
    if (!written.empty()) {
        const auto& id = model->fields[model->id];
        id.set(row + id.offset, written.at(0, 0).integer());
    }
    co_return written.changes > 0;
}

/// The values of the rows [from, until).
std::vector<value> values_of(const model_info& model, std::span<const std::size_t> fields, row_range rows,
                             std::size_t from, std::size_t until, time_point at) {
    std::vector<value> params;
    params.reserve((until - from) * fields.size());
    for (std::size_t i = from; i < until; ++i) append_row(model, fields, row_at(rows, i), at, params);
    return params;
}

task<> insert_batches(const model_info* model, row_range rows) {
    auto& base = db::current();
    for (std::size_t i = 0; i < rows.count; ++i) give_key(*model, row_at(rows, i));
    const auto fields = written_fields(*model, false);
    auto into = model_sql::insertion(*model, fields, {}, base.kind());
    const auto& id = model->fields[model->id];
    if (model->assigns_key()) into.returning = id.column;
    const auto at = now();
    co_await in_batches(
        rows.count, rows_a_call,
        [&](std::size_t from, std::size_t until) { return values_of(*model, fields, rows, from, until, at); },
        [&](std::size_t from, std::size_t until, std::vector<value> values) -> task<> {
            const auto keys = co_await base.insert_many(into, std::move(values));
            for (std::size_t i = from; i < until; ++i) set_times(*model, row_at(rows, i), at, true);
            for (std::size_t i = 0; i < keys.size(); ++i) id.set(row_at(rows, from + i) + id.offset, keys[i]);
        });
}

}  // namespace

task<> save_row(const model_info* model, void* row) {
    auto* const members = static_cast<char*>(row);
    const bool fresh = give_key(*model, members);
    const auto at = now();
    if (co_await write_row(model, members, fresh ? row_form::fresh : row_form::known, at))
        set_times(*model, members, at, fresh);
}

task<> create_row(const model_info* model, void* row) {
    auto* const members = static_cast<char*>(row);
    const auto& key = model->fields[model->id];
    if (model->assigns_key()) key.set(members + key.offset, std::int64_t{0});
    give_key(*model, members);
    const auto at = now();
    co_await write_row(model, members, row_form::fresh, at);
    set_times(*model, members, at, true);
}

namespace {

/// The fields and values of a row to be written, its key's first.
struct named_row {
    std::vector<std::size_t> key, fields;
    std::vector<value> params;
};

/// Throws croft::error unless the key names one row at most.
void require_key(const model_info& model, const std::vector<std::size_t>& key, std::string_view verb) {
    const auto same = [&](const std::vector<std::size_t>& unique) { return std::ranges::is_permutation(unique, key); };
    if (!same(model.keys) && std::ranges::none_of(model.uniques, same))
        throw error(
            fmt::format("{} of {}: the key is neither its id nor one of its unique constraints", verb, model.name));
}

/// A unique constraint doesn't hold for a null, so the row would be inserted once more each time.
void require_no_null(const model_info& model, std::size_t field, const value& given, std::string_view verb) {
    if (is_null(given))
        throw error(fmt::format("{} of {}: {} is null, and a key with a null identifies no row", verb, model.name,
                                model.fields[field].name));
}

named_row row_named(const model_info& model, std::vector<assignment> keys, std::vector<assignment> changes,
                    std::string_view verb) {
    named_row row;
    const auto add = [&](assignment& one) {
        if (one.model != &model)
            throw error(fmt::format("{} of {} names a field of {}", verb, model.name, one.model->name));
        const auto& field = model.fields[one.field];
        if (one.computed)
            throw error(fmt::format("{} of {}: {} can't be computed from a row that may not be there", verb, model.name,
                                    field.name));
        if (std::ranges::find(row.fields, one.field) != row.fields.end())
            throw error(fmt::format("{} of {} names {} twice", verb, model.name, field.name));
        row.fields.push_back(one.field);
        row.params.push_back(fit(model, field, std::move(one.to)));
    };
    for (auto& one : keys) {
        add(one);
        row.key.push_back(one.field);
    }
    require_key(model, row.key, verb);
    for (auto& one : changes) add(one);
    add_defaults(model, row.fields, row.params, now());
    return row;
}

}  // namespace

task<> upsert_row(const model_info* model, std::vector<assignment> keys, std::vector<assignment> changes) {
    auto& base = db::current();
    auto row = row_named(*model, std::move(keys), std::move(changes), "update_or_create");
    for (std::size_t i = 0; i < row.key.size(); ++i)
        require_no_null(*model, row.key[i], row.params[i], "update_or_create");
    co_await base.write({model_sql::upsert(*model, row.fields, row.key, false, base.kind()), std::move(row.params)});
}

task<bool> get_or_create_row(const model_info* model, std::vector<assignment> keys, std::vector<assignment> rest,
                             void* into) {
    auto& base = db::current();
    auto row = row_named(*model, std::move(keys), std::move(rest), "get_or_create");
    selection what;
    what.model = model;
    for (std::size_t i = 0; i < row.key.size(); ++i)
        what.where = std::move(what.where) && compare(path{model, {row.key[i]}}, comparison::equal, row.params[i]);
    const auto sql = model_sql::insert_new(*model, row.fields, row.key, base.kind());
    for (bool created = false;;) {  // again where the row is removed between the two statements
        if (co_await first_into(what, into)) co_return created;
        const auto made = co_await base.write({sql, row.params});
        created = !made.empty();
    }
}

task<> refresh_row(const model_info* model, void* row) { co_await one_into(by_key_of(*model, row), row); }

task<> create_rows(const model_info* model, row_range rows) {
    if (rows.count == 0) co_return;
    co_await transaction([&]() -> task<> { co_await insert_batches(model, rows); });
}

task<write_counts> upsert_rows(const model_info* model, row_range rows, std::vector<std::size_t> key) {
    write_counts done;
    if (rows.count == 0) co_return done;
    auto& base = db::current();
    if (key.empty()) key = model->natural_key();
    require_key(*model, key, "upsert_all");
    for (auto i : key) {
        const auto& field = model->fields[i];
        for (std::size_t row = 0; field.nullable && row < rows.count; ++row)
            require_no_null(*model, i, field.get(row_at(rows, row) + field.offset), "upsert_all");
    }
    const bool by_id = std::ranges::find(key, model->id) != key.end();
    const auto fields = written_fields(*model, by_id);
    const auto into = model_sql::insertion(*model, fields, key, base.kind());
    const auto at = now();
    const auto values = [&](std::size_t from, std::size_t until) {
        return values_of(*model, fields, rows, from, until, at);
    };
    const auto write = [&](std::size_t, std::size_t, std::vector<value> some) -> task<> {
        for (auto effect : co_await base.write_many(into, std::move(some))) {
            if (effect == db::row_effect::inserted) ++done.inserted;
            if (effect == db::row_effect::updated) ++done.updated;
            if (effect == db::row_effect::unchanged) ++done.unchanged;
        }
    };
    co_await transaction([&]() -> task<> { co_await in_batches(rows.count, rows_a_call, values, write); });
    co_return done;
}

}  // namespace croft::detail
