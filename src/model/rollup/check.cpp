#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/fnv.hpp"
#include "croft/transaction.hpp"
#include "model/rollup/rollup.hpp"
#include "model/rollup/tables.hpp"
#include "model/sql.hpp"

namespace croft::rollup {

using model_sql::identifier;

namespace {

/// Rows by their group's key, as text.
using groups = std::map<std::string, std::vector<value>>;

std::size_t keys_of(const rollup_info& of) {
    return static_cast<std::size_t>(std::ranges::count(of.columns, rollup_kind::key, &rollup_info::column::what));
}

/// The columns that are computed, keys first.
std::vector<std::string> keys_first(const rollup_info& of) {
    std::vector<std::string> keys, rest;
    const auto all = computed_columns(of);
    for (std::size_t i = 0; i < all.size(); ++i)
        (i < of.columns.size() && of.columns[i].what == rollup_kind::key ? keys : rest).push_back(all[i]);
    keys.insert(keys.end(), rest.begin(), rest.end());
    return keys;
}

std::string list(const std::vector<std::string>& columns, std::string_view before = "") {
    std::string out;
    for (const auto& one : columns) out += (out.empty() ? "" : ", ") + std::string(before) + identifier(one);
    return out;
}

task<groups> read(const rollup_info* of, std::string from) {
    const auto columns = keys_first(*of);
    const auto keys = keys_of(*of);
    const auto rows = co_await db::current().read(db::statement{"SELECT " + list(columns) + " FROM " + from, {}});
    groups all;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        std::string group;
        std::vector<value> cells;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            auto v = rows.at(row, i).to_value();
            if (i < keys)
                group += (i ? ", " : "") + columns[i] + " " + to_text(v);
            else
                cells.push_back(std::move(v));
        }
        all[group] = std::move(cells);
    }
    co_return all;
}

/// The computation as a table with named columns: a UNION is named by its first part, which has no row.
std::string computed(const rollup_info& of, db::engine engine) {
    const auto columns = computed_columns(of);
    return fmt::format("(SELECT {} FROM {} WHERE false UNION ALL {}) c", list(columns), identifier(of.model->table),
                       computation(of, engine));
}

/// Whether two cells say the same: reals may have been added up in another order.
bool agree(const value& a, const value& b) {
    const auto* x = std::get_if<double>(&a);
    const auto* y = std::get_if<double>(&b);
    return a == b || (x && y && std::abs(*x - *y) <= 1e-9 * std::max({1.0, std::abs(*x), std::abs(*y)}));
}

/// A sum of reals is stored in two parts: what they make together counts.
void join_rests(const rollup_info& of, std::vector<value>& cells) {
    const auto columns = keys_first(of);
    const auto keys = keys_of(of);
    for (std::size_t i = keys + 1; i < columns.size(); ++i) {
        if (!columns[i].starts_with("croft_rest_")) continue;
        auto* sum = std::get_if<double>(&cells[i - keys - 1]);
        auto* rest = std::get_if<double>(&cells[i - keys]);
        if (sum && rest) *sum += *rest, *rest = 0;
    }
}

std::string signature(const rollup_info& of) {
    fnv_1a all;
    for (const auto& one : sqlite_triggers(of)) all.add(one.sql);
    const auto d = all.digest();
    return fmt::format("{:016x}{:016x}", static_cast<std::uint64_t>(d >> 64), static_cast<std::uint64_t>(d));
}

}  // namespace

std::string difference::describe() const {
    const auto where = group.empty() ? "" : group + ": ";
    if (column.empty()) return where + (is.empty() ? "its row is missing" : "it has a row, but there is nothing in it");
    return fmt::format("{}{} is {}, but should be {}", where, column, is, should_be);
}

task<std::vector<difference>> check(const rollup_info* of) {
    groups is, should_be;
    co_await transaction([&]() -> task<> {  // nobody writes between the two
        is = co_await read(of, identifier(of->model->table));
        should_be = co_await read(of, computed(*of, db::current().kind()));
    });
    std::vector<difference> found;
    const auto columns = keys_first(*of);
    const auto keys = keys_of(*of);
    for (auto& [group, cells] : should_be) {
        const auto at = is.find(group);
        if (at == is.end()) {
            found.push_back({group, "", "", "a row"});
            continue;
        }
        join_rests(*of, cells);
        join_rests(*of, at->second);
        for (std::size_t i = 0; i < cells.size(); ++i)
            if (!agree(at->second[i], cells[i]))
                found.push_back({group, columns[keys + i], to_text(at->second[i]), to_text(cells[i])});
    }
    for (const auto& [group, cells] : is)
        if (!should_be.contains(group)) found.push_back({group, "", "a row", ""});
    co_return found;
}

task<> rebuild(const rollup_info* of) {
    co_await transaction([&]() -> task<> {
        auto& base = db::current();
        const auto table = identifier(of->model->table);
        if (base.kind() == db::engine::postgres)  // else writers' triggers come between the two statements
            co_await base.write({fmt::format("LOCK TABLE {} IN SHARE MODE", identifier(of->source->table))});
        co_await base.write({"DELETE FROM " + table});
        co_await base.write(
            {fmt::format("INSERT INTO {} ({}) {}", table, list(computed_columns(*of)), computation(*of, base.kind()))});
    });
}

task<std::vector<std::string>> rebuild_new() {
    std::vector<std::string> built;
    for (const auto* one : all_rollups()) {
        const auto declared = signature(*one);
        const auto known = co_await query<croft_rollup>().where(f<&croft_rollup::name> == one->model->name).first();
        if (known && known->signature == declared) continue;
        co_await transaction([&]() -> task<> {
            co_await rebuild(one);
            co_await update_or_create<croft_rollup>(key<&croft_rollup::name>(one->model->name),
                                                    set<&croft_rollup::signature>(declared));
        });
        built.push_back(one->model->name);
    }
    co_return built;
}

}  // namespace croft::rollup
