#include "migrate/renames.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "base/text.hpp"
#include "model/rollup/rollup.hpp"

namespace croft::migrations {
namespace {

/// What was "OldItem" in the program is old_item in the database.
names as_stored(const std::vector<std::string>& given) {
    names out;
    for (auto& name : given)
        for (auto& one : {name, snake_case(name)})
            if (std::ranges::find(out, one) == out.end()) out.push_back(one);
    return out;
}

/// A rollup's columns are named after the source's fields, and change their names with them: sum_price.
names old_names(const model_info& model, const field_info& field) {
    names out = field.renamed_from;
    const auto* of = rollup_of(model);
    if (!of) return out;
    for (auto& source : of->source->fields)
        if (field.column.ends_with(source.name))
            for (auto& old : source.renamed_from)
                out.push_back(field.column.substr(0, field.column.size() - source.name.size()) + old);
    return out;
}

void refuse_old_names_in_use(const std::vector<const model_info*>& models) {
    std::map<std::string, const model_info*> tables, gone;
    for (const auto* model : models) tables.emplace(model->table, model);
    const auto refuse = [](const model_info& model, const std::string& old, const model_info& other,
                           std::string_view why) {
        throw config_error(fmt::format("{}:{}: {} can't be renamed_from(\"{}\"), {} {} ({}:{})", model.file, model.line,
                                       model.name, old, why, other.name, other.file, other.line));
    };
    for (const auto* model : models)
        for (auto& old : as_stored(model->renamed_from)) {
            if (const auto at = tables.find(old); at != tables.end() && at->second != model)
                refuse(*model, old, *at->second, "which is still the table of");
            if (const auto [at, fresh] = gone.emplace(old, model); !fresh)
                refuse(*model, old, *at->second, "which is also the old name of");
        }
}

class collector {
public:
    explicit collector(const name_test& there) : there_(there) {}

    void add(const model_info& model) {
        const auto now = add_table(model.table, as_stored(model.renamed_from));
        for (auto& field : rollup::stored(model).fields)
            add_column(now, model.table, field.column, old_names(model, field));
        for (auto& link : model.links) add_pairs(model, link);
    }

    std::vector<renaming> all() && {
        tables_.insert(tables_.end(), columns_.begin(), columns_.end());
        return std::move(tables_);
    }

private:
    /// Gives the name that the table has there.
    std::string add_table(const std::string& table, const names& old) {
        if (there_(table, {})) return table;
        const auto at = std::ranges::find_if(old, [&](auto& one) { return there_(one, {}); });
        if (at == old.end()) return table;
        tables_.push_back({*at, "", table});
        return *at;
    }

    void add_column(const std::string& now, const std::string& table, const std::string& column, const names& old) {
        if (there_(now, column)) return;
        const auto at = std::ranges::find_if(old, [&](auto& one) { return there_(now, one); });
        if (at != old.end()) columns_.push_back({table, *at, column});
    }

    /// Their names follow from those of the models and the member.
    void add_pairs(const model_info& model, const link_info& link) {
        names owners = as_stored(model.renamed_from), members = link.renamed_from, tables = link.renamed_from;
        owners.push_back(model.table);
        members.push_back(link.name);
        if (link.table == model.table + "_" + link.name)
            for (auto& owner : owners)
                for (auto& member : members) tables.push_back(owner + "_" + member);
        const auto now = add_table(link.table, tables);
        const auto& pairs = link.through();
        add_column(now, link.table, pairs.fields[0].column, owners);
        auto others = as_stored(link.target().renamed_from);
        if (&link.target() == &model)
            for (auto& one : others) one.insert(0, "other_");
        add_column(now, link.table, pairs.fields[1].column, others);
    }

    const name_test& there_;
    std::vector<renaming> tables_, columns_;
};

/// `sql` with one column's name instead of another's.
std::string reworded(std::string sql, const std::string& from, const std::string& to) {
    for (std::size_t at = find_column(sql, from); at != sql.npos; at = find_column(sql, from, at + to.size()))
        sql.replace(at, from.size(), to);
    return sql;
}

}  // namespace

name_test names_in(const schema& of) {
    return [&of](const std::string& table, const std::string& column) {
        const auto* found = of.find(table);
        return found && (column.empty() || found->find(column));
    };
}

std::vector<renaming> declared_renames(const std::vector<const model_info*>& models, const name_test& there) {
    refuse_old_names_in_use(models);
    collector found(there);
    for (const auto* model : models) found.add(*model);
    return std::move(found).all();
}

schema undone(schema of, const std::vector<renaming>& renames) {
    for (auto& one : std::views::reverse(renames)) {
        if (one.column.empty()) {
            replay(of, rename_table{one.to, one.table});
            continue;
        }
        auto& in = of.at(one.table);
        for (auto& index : in.indexes) index.where = reworded(index.where, one.to, one.column);
        for (auto& check : in.checks) check.condition = reworded(check.condition, one.to, one.column);
        replay(of, rename_column{one.table, one.to, one.column});
    }
    return of;
}

}  // namespace croft::migrations
