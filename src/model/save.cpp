#include "croft/save.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "croft/query.hpp"
#include "model/batches.hpp"
#include "model/given_keys.hpp"
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

using row_list = std::vector<char*>;

row_list each_of(row_range rows) {
    row_list all;
    for (std::size_t i = 0; i < rows.count; ++i) all.push_back(static_cast<char*>(rows.first) + i * rows.size);
    return all;
}

/// Of a model whose ids the database gives; 0: none yet.
std::int64_t id_of(const model_info& model, const char* row) {
    const auto& key = model.fields[model.id];
    return model.assigns_key() ? std::get<std::int64_t>(key.get(row + key.offset)) : 0;
}

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
    if (model.assigns_key()) return id_of(model, row) == 0;
    if (key.type != field_type::uuid || !std::get<uuid>(key.get(row + key.offset)).is_nil()) return false;
    key.set(row + key.offset, uuid::v7());
    return true;
}

void append_row(const model_info& model, std::span<const std::size_t> fields, const char* row, time_point at,
                std::vector<value>& params) {
    for (auto i : fields) {
        const auto& field = model.fields[i];
        if (field.role != field_role::plain) {
            params.emplace_back(at);
            continue;
        }
        const auto& v = params.emplace_back(field.get(row + field.offset));
        if (field.max_length || field.type == field_type::timestamp || field.type == field_type::date)
            require_storable(model, field, v);
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
    std::optional<std::size_t> given;  // a field that the database tells: the key, or when the row was made
    std::string sql;
};

/// The same each time, and so kept: save() and create() are given models of structs, which the program has for good.
const row_statement& statement_for(const model_info& model, row_form form, db::engine engine) {
    static thread_local std::map<std::tuple<const model_info*, row_form, db::engine>, row_statement> all;
    auto& kept = all[{&model, form, engine}];
    if (kept.sql.empty()) {
        kept.fields = written_fields(model, form == row_form::known);
        const bool fresh = form == row_form::fresh;
        const auto made = std::ranges::find(model.fields, field_role::created_at, &field_info::role);
        if (fresh && model.assigns_key()) kept.given = model.id;
        if (!fresh && made != model.fields.end()) kept.given = static_cast<std::size_t>(made - model.fields.begin());
        kept.sql =
            model_sql::upsert(model, kept.fields, fresh ? std::vector<std::size_t>{} : model.keys, kept.given, engine);
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
    if (how.given && !written.empty()) read_member(*model, model->fields[*how.given], written.at(0, 0), row);
    if (form == row_form::fresh && how.given) note_given(*model, written.at(0, 0).integer());
    if (form == row_form::known && written.changes > 0) co_await count_on_from(model, id_of(*model, row));
    co_return written.changes > 0;
}

std::vector<value> values_of(const model_info& model, std::span<const std::size_t> fields, std::span<char* const> rows,
                             time_point at) {
    std::vector<value> params;
    params.reserve(rows.size() * fields.size());
    for (const auto* row : rows) append_row(model, fields, row, at, params);
    return params;
}

task<> insert_batches(const model_info* model, row_list rows) {
    auto& base = db::current();
    for (auto* row : rows) give_key(*model, row);
    const auto fields = written_fields(*model, false);
    if (fields.empty()) {  // but an id that the database gives
        for (auto* row : rows) co_await create_row(model, row);
        co_return;
    }
    auto into = model_sql::insertion(*model, fields, {}, base.kind());
    const auto& id = model->fields[model->id];
    if (model->assigns_key()) into.returning = id.column;
    const auto at = now();
    co_await in_batches(
        rows.size(), rows_a_call,
        [&](std::size_t from, std::size_t until) {
            return values_of(*model, fields, std::span(rows).subspan(from, until - from), at);
        },
        [&](std::size_t from, std::size_t until, std::vector<value> values) -> task<> {
            into.first_row = from;
            const auto keys = co_await base.insert_many(into, std::move(values));
            for (std::size_t i = from; i < until; ++i) set_times(*model, rows[i], at, true);
            for (std::size_t i = 0; i < keys.size(); ++i) id.set(rows[from + i] + id.offset, keys[i]);
            if (!keys.empty()) note_given(*model, keys.back());
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

    /// 0: none is given.
    std::int64_t id_in(const model_info& model) const {
        const auto place = std::ranges::find(fields, model.id);
        if (place == fields.end() || !model.assigns_key()) return 0;
        return std::get<std::int64_t>(params[static_cast<std::size_t>(place - fields.begin())]);
    }
};

/// Throws croft::error unless the key names one row at most.
void require_key(const model_info& model, const std::vector<std::size_t>& key, std::string_view verb) {
    const auto same = [&](const std::vector<std::size_t>& unique) { return std::ranges::is_permutation(unique, key); };
    if (!same(model.keys) && std::ranges::none_of(model.uniques, same))
        throw error(
            fmt::format("{} of {}: the key is neither its id nor one of its unique constraints", verb, model.name));
}

/// An id that is still to be given names no row.
void require_given(const model_info& model, std::size_t field, const value& given, std::string_view verb) {
    const auto* number = std::get_if<std::int64_t>(&given);
    const auto* id = std::get_if<uuid>(&given);
    const bool open = field == model.id && model.keys.size() == 1 &&
                      ((model.assigns_key() && number && *number == 0) || (id && id->is_nil()));
    if (open)
        throw error(fmt::format("{} of {}: {} is {}, which stands for one that is still to be given; create() gives it",
                                verb, model.name, model.fields[field].name, number ? "0" : "nil"));
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
        require_storable(model, field, row.params.back());
    };
    for (auto& one : keys) {
        add(one);
        row.key.push_back(one.field);
        require_given(model, one.field, row.params.back(), verb);
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
    const auto id = row.id_in(*model);
    co_await base.write({model_sql::upsert(*model, row.fields, row.key, {}, base.kind()), std::move(row.params)});
    co_await count_on_from(model, id);
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
        if (created) co_await count_on_from(model, row.id_in(*model));
    }
}

task<> refresh_row(const model_info* model, void* row) { co_await one_into(by_key_of(*model, row), row); }

task<> create_rows(const model_info* model, row_range rows) {
    if (rows.count == 0) co_return;
    co_await transaction([&]() -> task<> { co_await insert_batches(model, each_of(rows)); });
}

task<write_counts> upsert_rows(const model_info* model, row_range rows, std::vector<std::size_t> key) {
    write_counts done;
    if (rows.count == 0) co_return done;
    auto& base = db::current();
    if (key.empty()) key = model->natural_key();
    require_key(*model, key, "upsert_all");
    const bool by_id = std::ranges::find(key, model->id) != key.end();
    row_list told, fresh;
    for (auto* row : each_of(rows)) {
        const bool given = !give_key(*model, row);
        (given || !by_id ? told : fresh).push_back(row);
        for (auto i : key) {
            const auto& field = model->fields[i];
            if (field.nullable) require_no_null(*model, i, field.get(row + field.offset), "upsert_all");
        }
    }
    const auto fields = written_fields(*model, by_id);
    auto into = model_sql::insertion(*model, fields, key, base.kind());
    const auto at = now();
    const auto values = [&](std::size_t from, std::size_t until) {
        return values_of(*model, fields, std::span(told).subspan(from, until - from), at);
    };
    const auto write = [&](std::size_t from, std::size_t, std::vector<value> some) -> task<> {
        into.first_row = from;
        for (auto effect : co_await base.write_many(into, std::move(some))) {
            if (effect == db::row_effect::inserted) ++done.inserted;
            if (effect == db::row_effect::updated) ++done.updated;
            if (effect == db::row_effect::unchanged) ++done.unchanged;
        }
    };
    co_await transaction([&]() -> task<> {
        if (!told.empty()) co_await in_batches(told.size(), rows_a_call, values, write);
        std::int64_t highest = 0;
        for (const auto* row : told) highest = std::max(highest, id_of(*model, row));
        if (by_id) co_await count_on_from(model, highest);
        if (!fresh.empty()) co_await insert_batches(model, fresh);
    });
    done.inserted += fresh.size();
    co_return done;
}

}  // namespace croft::detail
