#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <unordered_map>

#include "model/composite_key.hpp"
#include "model/load/job.hpp"
#include "model/rows.hpp"
#include "model/sql.hpp"

namespace croft::loading {

namespace {

void add(fnv_1a& hash, const value& v) {
    const auto raw = [&](const void* bytes, std::size_t size) { hash.add({static_cast<const char*>(bytes), size}); };
    const auto sized = [&](const void* bytes, std::size_t size) {
        raw(bytes, size);
        raw(&size, sizeof size);
    };
    const auto kind = v.index();
    raw(&kind, 1);
    if (auto* whole = std::get_if<std::int64_t>(&v))
        raw(whole, sizeof *whole);
    else if (auto* text = std::get_if<std::string>(&v))
        sized(text->data(), text->size());
    else if (auto* content = std::get_if<bytes>(&v))
        sized(content->data(), content->size());
    else
        hash.add(to_text(v));
}

}  // namespace

digest128 digest_of(const std::vector<value>& row, const std::vector<std::size_t>& places) {
    fnv_1a hash;
    for (const auto i : places) add(hash, row[i]);
    return hash.digest();
}

digest128 digest_of(const value& v) {
    fnv_1a hash;
    add(hash, v);
    return hash.digest();
}

namespace {

/// Rows with one of these keys.
condition with_keys(const model_info& model, const std::vector<std::size_t>& fields, std::span<value> wanted) {
    if (fields.size() == 1)
        return condition::compare({&model, {fields.front()}}, comparison::in,
                                  {std::make_move_iterator(wanted.begin()), std::make_move_iterator(wanted.end())});
    condition any;
    for (const auto& key : wanted) {
        condition one;
        const auto parts = composite_key::split(model, fields, key);
        for (std::size_t i = 0; i < fields.size(); ++i)
            one = one && compare({&model, {fields[i]}}, comparison::equal, parts[i]);
        any = any.what() == condition::kind::always ? one : any || one;
    }
    return any;
}

}  // namespace

task<> look_up(const model_info* model, std::vector<std::size_t> fields, std::vector<value> wanted,
               std::unordered_map<digest128, value, digest_hash>* into) {
    auto& base = db::current();
    auto columns = fields;
    columns.push_back(model->id);
    const std::size_t most = fields.size() == 1 ? keys_a_query : 50;
    for (std::size_t from = 0; from < wanted.size(); from += most) {
        selection what;
        what.model = model;
        what.where = with_keys(*model, fields, std::span(wanted).subspan(from, std::min(most, wanted.size() - from)));
        const auto rows = co_await base.read(model_sql::select(what, columns, base.kind()));
        for (std::size_t i = 0; i < rows.size(); ++i) {
            std::vector<value> parts;
            for (std::size_t k = 0; k < columns.size(); ++k)
                parts.push_back(cell_value(*model, model->fields[columns[k]], rows.at(i, k)));
            auto id = std::move(parts.back());
            parts.pop_back();
            auto [at, fresh] = into->emplace(digest_of(composite_key::join(std::move(parts))), std::move(id));
            if (!fresh) at->second = value();
        }
    }
}

namespace {

/// Places of the natural key's fields in the incoming rows. Throws when the rows don't have them.
std::vector<std::size_t> places_of_key(const incoming& in) {
    std::vector<std::size_t> places;
    for (auto i : in.model->natural_key()) {
        const auto at = std::ranges::find(in.fields, i);
        if (at == in.fields.end())
            throw error(fmt::format("rows of {} can't be loaded without {}, which identifies them", in.model->name,
                                    in.model->fields[i].name));
        places.push_back(static_cast<std::size_t>(at - in.fields.begin()));
    }
    return places;
}

/// References by a key of the other model, and ids of rows that are loaded together with these: they may not be there
/// yet.
std::vector<reference> references_of(const incoming& in, const std::vector<const model_info*>& together) {
    std::vector<reference> found;
    for (std::size_t place = 0; place < in.fields.size(); ++place) {
        const auto& field = in.model->fields[in.fields[place]];
        if (field.type != field_type::reference || !field.target) continue;
        const auto rule = std::ranges::find(in.references, in.fields[place], &field_rule::field);
        const auto* target = &field.target();
        if (rule != in.references.end())
            found.push_back({place, rule->paths(), target, rule->key_fields, field.nullable});
        else if (std::ranges::find(together, target) != together.end() &&
                 target->natural_key() == std::vector{target->id})
            found.push_back({place, field.name, target, {target->id}, field.nullable});
    }
    return found;
}

bool nothing(const value& v) {
    const auto* id = std::get_if<std::int64_t>(&v);
    return is_null(v) || (id && *id == 0);
}

}  // namespace

void prepare(part& of, const std::vector<const model_info*>& together) {
    auto& in = of.in;
    of.report.model = in.model;
    if (in.rows.empty()) return;
    of.key_places = places_of_key(in);
    if (of.references.empty()) of.references = references_of(in, together);
    if (of.options.missing != missing::mark || std::ranges::find(in.fields, *of.options.mark.field) != in.fields.end())
        return;
    in.fields.push_back(*of.options.mark.field);  // a row that is there isn't marked
    const auto& mark = of.model().fields[*of.options.mark.field];
    for (auto& row : in.rows) row.push_back(mark.nullable ? value() : value(false));
}

void make_distinct(part& of) {
    auto& in = of.in;
    const bool by_id = in.model->natural_key() == std::vector{in.model->id};
    std::unordered_map<digest128, std::size_t, digest_hash> first;
    first.reserve(in.rows.size());
    std::size_t kept = 0;
    for (std::size_t i = 0; i < in.rows.size(); ++i) {
        if (!by_id || !nothing(in.rows[i][of.key_places.front()])) {
            const auto [at, fresh] = first.emplace(digest_of(in.rows[i], of.key_places), in.origins[i].number);
            if (!fresh) {
                in.reject(in.origins[i], "", fmt::format("its key is the same as that of row {}", at->second), {},
                          &in.rows[i]);
                continue;
            }
        }
        if (kept != i) in.rows[kept] = std::move(in.rows[i]), in.origins[kept] = in.origins[i];
        ++kept;
    }
    in.rows.resize(kept);
    in.origins.resize(kept);
}

}  // namespace croft::loading
