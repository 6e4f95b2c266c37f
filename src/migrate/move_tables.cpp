#include "migrate/move_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "croft/json.hpp"
#include "history/history.hpp"
#include "migrate/definition.hpp"
#include "model/rows.hpp"
#include "model/sql.hpp"
#include "model/sql_builder.hpp"

namespace croft::migrations {

using model_sql::builder;
using model_sql::identifier;

copied_tables::copied_tables(const schema& of) {
    for (auto& [name, one] : of.tables()) {
        const auto& model = tables_.emplace_back(of, one).model();
        models_.push_back(&model);
        if (!one.has_versions()) continue;
        auto& versions = versions_.emplace_back(history::versions_of(model));
        table lost{.name = name, .columns = {id("croft_key")}};
        lost.columns.insert(lost.columns.end(), one.past.begin(), one.past.end());
        const described past({}, lost);
        versions.fields.insert(versions.fields.end(), past.model().fields.begin() + 1, past.model().fields.end());
        models_.push_back(&versions);
    }
}

namespace {

void write_names(builder& out, const model_info& model, const std::vector<std::size_t>& fields,
                 std::string_view after = "") {
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (i) out << ", ";
        out.column(model.fields[fields[i]]) << after;
    }
}

row_reader::row key_of(const model_info& model, const row_reader::row& values) {
    row_reader::row key;
    for (auto i : model.keys) key.push_back(values[i]);
    return key;
}

std::size_t size_of(const row_reader::row& values) {
    std::size_t size = 0;
    for (auto& one : values) {
        size += sizeof one;
        if (const auto* text = std::get_if<std::string>(&one)) size += text->size();
        if (const auto* raw = std::get_if<croft::bytes>(&one)) size += raw->size();
        if (const auto* json = std::get_if<json_text>(&one)) size += json->text.size();
    }
    return size;
}

}  // namespace

db::statement row_reader::batch() const {
    builder out(base_->kind());
    out << "SELECT ";
    for (auto& field : model_->fields) {
        if (&field != &model_->fields.front()) out << ", ";
        out.column(field);
    }
    out << " FROM ";
    out.name(model_->table);
    if (!key_.empty()) {
        out << " WHERE (";
        write_names(out, *model_, model_->keys);
        out << ") > (";
        for (std::size_t i = 0; i < key_.size(); ++i) {
            if (i) out << ", ";
            out.bind(key_[i]);
        }
        out << ")";
    }
    out << " ORDER BY ";
    write_names(out, *model_, model_->keys);
    out << " LIMIT ";
    out.bind(static_cast<std::int64_t>(limit_));
    return std::move(out).finish();
}

/// The first batch is small, as nobody knows yet how large its rows are.
task<std::vector<row_reader::row>> row_reader::next() {
    constexpr std::size_t enough = 4 << 20;
    limit_ = std::min(limit_, most_);
    const auto found = co_await base_->read(batch());
    std::vector<row> out(found.size());
    std::size_t size = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        for (std::size_t j = 0; j < found.width(); ++j)
            out[i].push_back(cell_value(*model_, model_->fields[j], found.at(i, j)));
        size += size_of(out[i]);
    }
    if (!out.empty()) key_ = key_of(*model_, out.back());
    limit_ = size > enough ? std::max<std::size_t>(1, limit_ / 2) : limit_ * 2;
    co_return out;
}

task<row_reader::row> last_key(const model_info* model, db::database* base) {
    builder out(base->kind());
    out << "SELECT ";
    write_names(out, *model, model->keys);
    out << " FROM ";
    out.name(model->table) << " ORDER BY ";
    write_names(out, *model, model->keys, " DESC");
    out << " LIMIT 1";
    const auto found = co_await base->read(std::move(out).finish());
    row_reader::row key;
    for (std::size_t i = 0; i < model->keys.size() && !found.empty(); ++i)
        key.push_back(cell_value(*model, model->fields[model->keys[i]], found.at(0, i)));
    co_return key;
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

/// The column's definition without its reference, and the statement that adds that; empty: there is none.
std::string take_reference(std::string& create, const model_schema::column& column, const std::string& table) {
    const auto references = read_definition(column.definition).references;
    if (references.empty()) return {};
    auto bare = column.definition;
    bare.erase(bare.find(" " + references), references.size() + 1);
    create.replace(create.find(column.definition), column.definition.size(), bare);
    return fmt::format("ALTER TABLE {} ADD FOREIGN KEY ({}) {}", identifier(table), identifier(column.name),
                       references);
}

}  // namespace

void add_row(std::uint64_t& checksum, const std::vector<value>& values) {
    const hasher add(checksum);
    for (auto& one : values) std::visit(add, one);
}

two_parts creation_in_two_parts(const schema& of, db::engine engine) {
    two_parts made;
    std::vector<std::string> references, attached;
    for (auto& [name, one] : of.tables())
        for (auto& relation : relations_of(of, one, engine)) {
            auto create = relation.table.sql;
            if (engine == db::engine::postgres)
                for (auto& column : relation.table.columns)
                    if (auto sql = take_reference(create, column, relation.table.name); !sql.empty())
                        references.push_back(std::move(sql));
            made.tables.push_back(std::move(create));
            for (auto& index : relation.indexes) made.completion.push_back(index.sql);
            for (auto& other : relation.attached) attached.push_back(other.sql);
        }
    for (auto* some : {&references, &attached})
        made.completion.insert(made.completion.end(), some->begin(), some->end());
    return made;
}

}  // namespace croft::migrations
