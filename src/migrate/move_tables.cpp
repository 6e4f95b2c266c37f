#include "migrate/move_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "croft/json.hpp"
#include "history/history.hpp"
#include "migrate/definition.hpp"
#include "model/rollup/rollup.hpp"
#include "model/rows.hpp"
#include "model/sql.hpp"

namespace croft::migrations {

using model_sql::builder;
using model_sql::identifier;

copied_tables::copied_tables(const wishes& wanted, const program& with) {
    const schema none;
    for (const auto* model : wanted.own) add(*model, none);
    for (const auto* model : wanted.models) add(*model, with.empty() ? none : with.end());
}

void copied_tables::add(const model_info& model, const schema& end) {
    models_.push_back(&rollup::stored(model));
    for (auto& link : model.links) add(link.through(), end);
    const auto* shape = end.find(model.table);
    const bool has_versions = model.has_history || (shape && shape->has_versions());
    if (!has_versions) return;
    auto current = model;
    current.has_history = true;
    made_.push_back(current);
    auto versions = history::model_of(made_.back());
    if (shape)
        for (auto& lost : shape->past) {
            table only{.name = model.table, .columns = {id("croft_key"), lost.nullable()}};
            auto field = described(end, only).model().fields.back();
            field.nullable = true;
            if (field.type == field_type::reference) field.type = field.stored_as().type;
            versions.fields.push_back(std::move(field));
        }
    made_.push_back(std::move(versions));
    models_.push_back(&made_.back());
}

namespace {

void write_names(builder& out, const model_info& model, const std::vector<std::size_t>& fields,
                 std::string_view after = "") {
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (i) out << ", ";
        out.name(model.fields[fields[i]].column) << after;
    }
}

std::vector<std::size_t> all_fields(const model_info& model) {
    std::vector<std::size_t> all(model.fields.size());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
    return all;
}

}  // namespace

db::statement batch_after(const model_info& model, const std::vector<value>& keys, std::size_t most,
                          db::engine engine) {
    builder out(engine);
    out << "SELECT ";
    write_names(out, model, all_fields(model));
    out << " FROM ";
    out.name(model.table);
    if (!keys.empty()) {
        out << " WHERE (";
        write_names(out, model, model.keys);
        out << ") > (";
        for (std::size_t i = 0; i < keys.size(); ++i) {
            if (i) out << ", ";
            out.bind(keys[i]);
        }
        out << ")";
    }
    out << " ORDER BY ";
    write_names(out, model, model.keys);
    out << fmt::format(" LIMIT {}", most);
    return std::move(out).finish();
}

db::statement last_keys(const model_info& model, db::engine engine) {
    builder out(engine);
    out << "SELECT ";
    write_names(out, model, model.keys);
    out << " FROM ";
    out.name(model.table) << " ORDER BY ";
    write_names(out, model, model.keys, " DESC");
    out << " LIMIT 1";
    return std::move(out).finish();
}

std::vector<value> values_of(const model_info& model, const db::row_set& rows, std::size_t row) {
    std::vector<value> out;
    for (std::size_t i = 0; i < rows.width(); ++i) out.push_back(cell_value(model, model.fields[i], rows.at(row, i)));
    return out;
}

std::vector<value> keys_of(const model_info& model, const std::vector<value>& values) {
    std::vector<value> keys;
    for (auto i : model.keys) keys.push_back(values[i]);
    return keys;
}

namespace {

/// FNV-1a, value by value; each begins with its type.
class hasher {
public:
    explicit hasher(std::uint64_t& hash) : hash_(hash) {}

    void operator()(std::monostate) const { add("n"); }
    void operator()(bool b) const { add(b ? "b1" : "b0"); }
    void operator()(std::int64_t i) const { add("i" + std::to_string(i)); }
    void operator()(double d) const { add("d" + std::to_string(std::bit_cast<std::uint64_t>(d == 0 ? 0.0 : d))); }
    void operator()(const std::string& s) const { add("s" + std::to_string(s.size()) + ":" + s); }
    void operator()(const croft::bytes& b) const {
        add("y" + std::to_string(b.size()) + ":");
        for (auto one : b) add(static_cast<unsigned char>(one));
    }
    void operator()(const json_text& j) const { hash_json(croft::json::parse(j.text)); }
    void operator()(decimal_value d) const { add("m" + croft::to_text(d)); }
    void operator()(const auto& other) const { add("t" + croft::to_text(other)); }

private:
    void add(unsigned char byte) const { hash_ = (hash_ ^ byte) * 1099511628211u; }
    void add(std::string_view text) const {
        for (const char c : text) add(static_cast<unsigned char>(c));
    }
    /// jsonb keeps neither the order of members nor how a number was written.
    void hash_json(const croft::json& one) const {
        switch (one.kind()) {
            case croft::json::kind_type::array:
                add("[");
                for (auto& item : one.array()) hash_json(item);
                return add("]");
            case croft::json::kind_type::object: {
                std::map<std::string, const croft::json*> sorted;
                for (auto& member : one.object()) sorted[member.key] = &member.value;
                add("{");
                for (auto& [key, item] : sorted) (*this)(key), hash_json(*item);
                return add("}");
            }
            case croft::json::kind_type::integer:
            case croft::json::kind_type::number:
                return (*this)(one.number());
            default:
                return add(one.dump());
        }
    }

    std::uint64_t& hash_;
};

}  // namespace

void add_row(std::uint64_t& checksum, const std::vector<value>& values) {
    const hasher add(checksum);
    for (auto& one : values) std::visit(add, one);
}

std::vector<bare_table> bare_tables(const schema& of, db::engine engine) {
    std::vector<bare_table> all;
    std::vector<std::string> triggers;
    for (auto& [name, one] : of.tables())
        for (auto& relation : relations_of(of, one, engine)) {
            bare_table made{relation.table.sql, {}};
            for (auto& index : relation.indexes) made.complete.push_back(index.sql);
            if (engine == db::engine::postgres)
                for (auto& column : relation.table.columns) {
                    const auto references = read_definition(column.definition).references;
                    if (references.empty()) continue;
                    auto bare = column.definition;
                    bare.erase(bare.find(" " + references), references.size() + 1);
                    made.create.replace(made.create.find(column.definition), column.definition.size(), bare);
                    made.complete.push_back(fmt::format("ALTER TABLE {} ADD FOREIGN KEY ({}) {}",
                                                        identifier(relation.table.name), identifier(column.name),
                                                        references));
                }
            for (auto& trigger : relation.attached) triggers.push_back(trigger.sql);
            all.push_back(std::move(made));
        }
    if (!all.empty()) all.back().complete.insert(all.back().complete.end(), triggers.begin(), triggers.end());
    return all;
}

}  // namespace croft::migrations
