#include "migrate/inspect.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "croft/detail/members.hpp"
#include "migrate/inspect_types.hpp"
#include "migrate/print.hpp"

namespace croft::migrations {
namespace {

const std::set<std::string_view> keywords{
    "alignas",   "alignof",  "and",      "asm",       "auto",      "bitand",   "bitor",    "bool",     "break",
    "case",      "catch",    "char",     "class",     "compl",     "concept",  "const",    "continue", "co_await",
    "co_return", "co_yield", "decltype", "default",   "delete",    "do",       "double",   "else",     "enum",
    "explicit",  "export",   "extern",   "false",     "float",     "for",      "friend",   "goto",     "if",
    "inline",    "int",      "long",     "mutable",   "namespace", "new",      "noexcept", "not",      "nullptr",
    "operator",  "or",       "private",  "protected", "public",    "register", "requires", "return",   "short",
    "signed",    "sizeof",   "static",   "struct",    "switch",    "template", "this",     "throw",    "true",
    "try",       "typedef",  "typeid",   "typename",  "union",     "unsigned", "using",    "virtual",  "void",
    "volatile",  "while",    "xor",
};

/// A name that C++ takes, in snake_case.
std::string member_name(std::string_view column) {
    std::string out;
    for (const char c : snake_case(column))
        if (std::isalnum(static_cast<unsigned char>(c)))
            out += c;
        else if (!out.ends_with('_'))
            out += '_';
    if (out.empty() || std::isdigit(static_cast<unsigned char>(out.front()))) out = "c_" + out;
    if (keywords.contains(out)) out += '_';
    return out;
}

std::string comment_safe(std::string text) {
    std::ranges::replace(text, '\n', ' ');
    return text;
}

struct member {
    std::string name;
    std::string column;
};

class header {
public:
    header(const shape& there, std::vector<std::string> tables, db::engine engine) : there_(there), engine_(engine) {
        for (auto& name : tables) require(name);
        for (auto& [name, one] : there_)
            if (tables.empty() ? !is_croft(name) : std::ranges::find(tables, name) != tables.end()) choose(name);
    }

    std::string text() {
        std::string structs, models;
        for (auto& [name, one] : there_) {
            if (chosen_.contains(name)) structs += "\n" + struct_of(name);
            if (const auto out = left_out_.find(name); out != left_out_.end())
                structs += fmt::format("\n// Table {}: {}.\n", comment_safe(cpp_text(name)), comment_safe(out->second));
        }
        std::string forward;
        for (auto& [name, struct_name] : chosen_)
            if (referred_.contains(name)) forward += fmt::format("struct {};\n", struct_name);
        for (auto& one : models_) models += one;
        const bool has_json = structs.find("croft::json") != structs.npos;
        return fmt::format("#pragma once\n\n{}#include <croft/model.hpp>\n{}{}{}\n{}",
                           has_json ? "#include <croft/json.hpp>\n" : "", forward.empty() ? "" : "\n", forward, structs,
                           models);
    }

private:
    void require(const std::string& name) const {
        if (there_.contains(name)) return;
        std::vector<std::string_view> known;
        for (auto& [other, one] : there_) known.push_back(other);
        throw error(fmt::format("there is no table {}{}", croft::quoted(name), did_you_mean(name, known)));
    }

    bool is_croft(const std::string& name) const {
        if (name.starts_with("croft_")) return true;
        return name.ends_with("_history") && has_history(name.substr(0, name.size() - 8));
    }
    bool has_history(const std::string& table) const {
        const auto at = there_.find(table);
        return at != there_.end() && std::ranges::any_of(at->second.triggers, [&](auto& one) {
                   return one.first.starts_with(table + "_history_");
               });
    }

    /// Why the table can be no model; empty: it can.
    std::string obstacle(const table_shape& of) const {
        const auto key = primary_key(of);
        const auto is_member = [&](auto& one) { return !cpp_column_of(one, of.checks, engine_).type.empty(); };
        if (key.empty()) return "it has no primary key, which a model needs";
        for (auto* one : key)
            if (!is_member(*one))
                return fmt::format("no member can hold {} ({}), which is of its primary key", one->name, one->type);
        const auto members = std::ranges::count_if(of.columns, is_member);
        if (members < static_cast<std::ptrdiff_t>(croft::detail::most_members)) return {};
        return fmt::format("it has {} columns, and a model at most {} members", members,
                           croft::detail::most_members - 1);
    }

    void choose(const std::string& name) {
        if (auto why = obstacle(there_.at(name)); !why.empty()) {
            left_out_.emplace(name, std::move(why));
            return;
        }
        auto wanted = pascal_case(member_name(name));
        if (keywords.contains(wanted) || wanted.empty() || std::isdigit(static_cast<unsigned char>(wanted.front())))
            wanted = "Table" + wanted;
        while (!taken_structs_.insert(wanted).second) wanted += "2";
        chosen_.emplace(name, wanted);
    }

    static std::vector<const column_shape*> primary_key(const table_shape& of) {
        std::vector<const column_shape*> key;
        for (auto& one : of.columns)
            if (one.key) key.push_back(&one);
        std::ranges::sort(key, {}, [](auto* one) { return one->key; });
        return key;
    }

    /// Whether the column becomes a croft::ref, which needs one that holds a whole key.
    bool refers(const column_shape& column) const {
        if (column.target.empty() || !chosen_.contains(column.target)) return false;
        const auto key = primary_key(there_.at(column.target));
        return key.size() == 1 && (column.target_column.empty() || key.front()->name == column.target_column) &&
               member_name(key.front()->name) == "id" && holds_id(*key.front());
    }
    bool holds_id(const column_shape& key) const {
        const auto type = cpp_column_of(key, {}, engine_).type;
        return type == "std::int64_t" || type == "std::int32_t";
    }

    std::string reverse_name(const std::string& table, const column_shape& column, const std::string& name) {
        const auto several = std::ranges::count_if(there_.at(table).columns,
                                                   [&](auto& other) { return other.target == column.target; }) > 1;
        auto wanted = member_name(table);
        if (!wanted.ends_with("s")) wanted += "s";
        if (several || column.target == table) wanted += "_by_" + name;
        for (auto& other : there_.at(column.target).columns)
            reverse_names_[column.target].insert(member_name(other.name));
        while (!reverse_names_[column.target].insert(wanted).second) wanted += "_2";
        return wanted;
    }

    std::string reference(const std::string& table, const column_shape& column, const std::string& name) {
        referred_.insert(column.target);
        std::string rule;
        if (column.on_delete == "SET NULL" && !column.not_null) rule = ", croft::on_delete::set_null";
        if (column.on_delete == "RESTRICT" || column.on_delete == "NO ACTION") rule = ", croft::on_delete::restrict";
        return fmt::format("croft::ref<{}, {}{}>", chosen_.at(column.target),
                           cpp_text(reverse_name(table, column, name)), rule);
    }

    std::string struct_of(const std::string& table) {
        const auto& there = there_.at(table);
        const auto& struct_name = chosen_.at(table);
        std::string body;
        std::set<std::string> names, absorbed;
        options_.clear();
        members_.clear();
        const auto key = primary_key(there);
        bool has_id = false;
        for (auto& column : there.columns) {
            auto found = cpp_column_of(column, there.checks, engine_);
            auto name = member_name(column.name);
            const bool is_ref = refers(column);
            if (is_ref && name.ends_with("_id")) name.resize(name.size() - 3);
            while (!names.insert(name).second) name += "_";
            if (is_ref) found.type = reference(table, column, name);
            const bool is_id = key.size() == 1 && key.front() == &column && name == "id" && holds_id(column);
            if (is_id) found.type = "std::int64_t", found.initial = "0", has_id = true;
            if ((name == "created_at" || name == "modified_at") && found.type == "croft::time_point" && column.not_null)
                found.type = "croft::" + name;
            if (found.type.empty()) {
                body += fmt::format("    // {}: {}\n", comment_safe(column.name), comment_safe(found.remark));
                continue;
            }
            if (!is_ref && !column.target.empty())
                found.remark = fmt::format("refers to {}.{}", column.target, column.target_column);
            const bool nullable = !column.not_null && !column.key;
            if (nullable) found.type = fmt::format("std::optional<{}>", found.type);
            body +=
                fmt::format("    {} {}{};{}{}\n", found.type, name, found.initial.empty() ? "" : " = " + found.initial,
                            found.remark.empty() ? "" : "  // ", comment_safe(found.remark));
            absorbed.insert(found.absorbed.begin(), found.absorbed.end());
            members_.push_back({name, column.name});
            const auto self = "&" + struct_name + "::" + name;
            if (name != column.name) options_.push_back(fmt::format("column<{}>({})", self, cpp_text(column.name)));
            if (found.max_length) options_.push_back(fmt::format("max_length<{}>({})", self, found.max_length));
        }
        add_options(table, key, has_id, absorbed);
        for (auto& other : there.others) body += "    // " + comment_safe(other) + "\n";
        std::string model = fmt::format("CROFT_MODEL({}", struct_name);
        for (auto& one : options_) model += ", " + one;
        models_.push_back(model + ");\n" + std::exchange(notes_, ""));
        return fmt::format("struct {} {{\n{}}};\n", struct_name, body);
    }

    /// "&Item::a, descending<&Item::b>"; nothing where a column is no member.
    std::optional<std::string> listed(const std::string& table,
                                      const std::vector<std::pair<std::string, bool>>& columns) const {
        std::string out;
        for (auto& [column, descends] : columns) {
            const auto at = std::ranges::find(members_, column, &member::column);
            if (at == members_.end()) return std::nullopt;
            const auto one = fmt::format("&{}::{}", chosen_.at(table), at->name);
            out += (out.empty() ? "" : ", ") + (descends ? "descending<" + one + ">" : one);
        }
        return out;
    }

    void add_options(const std::string& table, const std::vector<const column_shape*>& key, bool has_id,
                     const std::set<std::string>& absorbed) {
        const auto& there = there_.at(table);
        const auto& struct_name = chosen_.at(table);
        std::vector<std::string> first;
        if (snake_case(struct_name) != table) first.push_back(fmt::format("table({})", cpp_text(table)));
        std::vector<std::pair<std::string, bool>> columns;
        for (auto* one : key) columns.emplace_back(one->name, false);
        if (!has_id) first.push_back(fmt::format("primary_key<{}>", listed(table, columns).value()));
        options_.insert(options_.begin(), first.begin(), first.end());
        for (const bool unique : {true, false})
            for (auto& [name, index] : there.indexes)
                if (index.unique == unique) add_index(table, name, index);
        int number = 0;
        for (auto& check : there.checks)
            if (!absorbed.contains(check))
                options_.push_back(
                    fmt::format("check({}, {})", cpp_text(fmt::format("check_{}", ++number)), cpp_text(check)));
        if (has_history(table)) options_.push_back("history()");
    }

    void add_index(const std::string& table, const std::string& name, const index_shape& index) {
        const auto over = listed(table, index.parts);
        if (!over) {
            notes_ += fmt::format("// index {}: {}\n", comment_safe(name), comment_safe(index.text));
            return;
        }
        if (!index.unique && index.parts.size() == 1 && !index.parts.front().second && index.where.empty() &&
            refers(*there_.at(table).find(index.parts.front().first)))
            return;  // a reference has it anyway
        options_.push_back(fmt::format("{}<{}>{}", index.unique ? "unique" : "indexed", *over,
                                       index.where.empty() ? "" : fmt::format(".where({})", cpp_text(index.where))));
    }

    const shape& there_;
    db::engine engine_;
    std::map<std::string, std::string> chosen_;    // table -> struct
    std::map<std::string, std::string> left_out_;  // table -> why
    std::set<std::string> taken_structs_, referred_;
    std::map<std::string, std::set<std::string>> reverse_names_;
    std::vector<member> members_;  // of the table under way
    std::vector<std::string> options_, models_;
    std::string notes_;
};

}  // namespace

std::string models_for(const shape& there, std::vector<std::string> tables, db::engine engine) {
    return header(there, std::move(tables), engine).text();
}

}  // namespace croft::migrations
