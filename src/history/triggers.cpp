#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "croft/history.hpp"
#include "history/history.hpp"
#include "model/sql.hpp"
#include "runtime/loop.hpp"
#include "work/run_info.hpp"

namespace croft::history {

using model_schema::object;
using model_sql::identifier;

namespace {

// Built-in functions only: an outsider's connection has no others.
constexpr std::string_view time_now =
    "coalesce((SELECT at FROM croft_context), strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z')";

std::string columns_of(const model_info& model, std::string_view prefix) {
    std::string out;
    for (auto& field : model.fields) out += (out.empty() ? "" : ", ") + std::string(prefix) + identifier(field.column);
    return out;
}

std::string key_columns(const model_info& model) {
    std::string out;
    for (auto i : model.keys) out += (out.empty() ? "" : ", ") + identifier(model.fields[i].column);
    return out;
}

std::string close_version(const model_info& model, std::string_view row) {
    std::string same_row;
    for (auto i : model.keys) {
        const auto column = identifier(model.fields[i].column);
        same_row += fmt::format("{} = {}.{} AND ", column, row, column);
    }
    return fmt::format("  UPDATE {} SET history_to = {} WHERE {}history_to IS NULL;\n",
                       identifier(model_sql::history_table(model)), time_now, same_row);
}

std::string add_version(const model_info& model, std::string_view row, std::string_view change) {
    return fmt::format(
        "  INSERT INTO {} ({}, history_from, history_to, history_change, history_run, history_task, history_note)\n"
        "  SELECT {}, {}, {}, '{}', c.run, c.task, c.note FROM (SELECT 1) LEFT JOIN croft_context c;\n",
        identifier(model_sql::history_table(model)), columns_of(model, ""), columns_of(model, std::string(row) + "."),
        time_now, change == "delete" ? time_now : "NULL", change);
}

object trigger(const model_info& model, std::string_view change, std::string_view when, std::string body) {
    std::string upper(change);
    std::ranges::transform(upper, upper.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    const auto name = fmt::format("{}_history_{}", model.table, change);
    return {object::kind::trigger, name, model.table,
            fmt::format("CREATE TRIGGER {} AFTER {} ON {} {}BEGIN\n{}END", identifier(name), upper,
                        identifier(model.table), when, body)};
}

std::string something_tracked_differs(const model_info& model) {
    std::string out;
    for (std::size_t i = 0; i < model.fields.size(); ++i) {
        const auto& field = model.fields[i];
        if (std::ranges::find(model.history_except, i) != model.history_except.end()) continue;
        if (field.role != field_role::plain) continue;
        const auto column = identifier(field.column);
        out += fmt::format("{}OLD.{} IS NOT NEW.{}", out.empty() ? "" : " OR ", column, column);
    }
    return "WHEN " + out + " ";
}

model_info describe(const model_info& model) {
    model_info made;
    made.name = model.name + "History";
    made.table = model_sql::history_table(model);
    made.file = model.file;
    made.line = model.line;
    made.keys = {0};
    const auto add = [&](std::string name, field_type type, bool nullable) {
        field_info field;
        field.name = field.column = std::move(name);
        field.type = type;
        field.nullable = nullable;
        if (!nullable && type != field_type::integer64) field.initial = std::string();
        made.fields.push_back(std::move(field));
    };
    add("history_id", field_type::integer64, false);
    add("history_from", field_type::timestamp, false);
    add("history_to", field_type::timestamp, true);
    add("history_change", field_type::text, false);
    add("history_run", field_type::integer64, true);
    add("history_task", field_type::text, true);
    add("history_note", field_type::text, true);
    for (auto field : model.fields) {
        field.role = field_role::plain;
        field.reverse.clear();
        if (field.type == field_type::reference) field.nullable = true;  // what it pointed to may be gone
        made.fields.push_back(std::move(field));
    }
    return made;
}

}  // namespace

object context_table() {
    return {object::kind::table, "croft_context", "croft_context",
            "CREATE TABLE croft_context (only_one INTEGER PRIMARY KEY CHECK (only_one = 1), at TEXT, run INTEGER, task "
            "TEXT, "
            "note TEXT) STRICT"};
}

const model_info& model_of(const model_info& model) {
    if (!model.has_history) throw error(model.name + " has no history: its CROFT_MODEL needs history()");
    static std::map<const model_info*, model_info> made;
    auto at = made.find(&model);
    if (at == made.end()) at = made.emplace(&model, describe(model)).first;
    return at->second;
}

std::vector<object> objects_of(const model_info& model, db::engine engine) {
    if (!model.has_history) throw error(model.name + " has no history: its CROFT_MODEL needs history()");
    const auto versions = describe(model);  // not model_of(): a table of an earlier migration lives for a moment only
    object table{object::kind::table, versions.table, versions.table,
                 "CREATE TABLE " + identifier(versions.table) + " ("};
    for (std::size_t i = 0; i < versions.fields.size(); ++i) {
        auto field = versions.fields[i];
        model_schema::column made;
        if (i == versions.id) {
            made = model_schema::column_of(versions, versions.fields[i], engine);
        } else {
            if (field.type == field_type::reference)
                field.type = field.stored_as().type;  // no foreign key: rows may be gone
            model_info without_key = versions;
            made = model_schema::column_of(without_key, field, engine);
        }
        table.sql += (i ? ",\n  " : "\n  ") + made.definition;
        table.columns.push_back(std::move(made));
    }
    table.sql += "\n) STRICT";
    const auto index = [&](std::string_view suffix, std::string_view rest) {
        const auto name = versions.table + "_" + std::string(suffix);
        return object{object::kind::index, name, versions.table,
                      fmt::format("CREATE INDEX {} ON {} {}", identifier(name), identifier(versions.table), rest)};
    };
    return {
        std::move(table),
        index("row", fmt::format("({}, history_from)", key_columns(model))),
        index("open", fmt::format("({}) WHERE history_to IS NULL", key_columns(model))),
        index("run", "(history_run) WHERE history_run IS NOT NULL"),
        index("note", "(history_note, history_change) WHERE history_note IS NOT NULL"),
        // INSERT OR REPLACE deletes a row without firing the delete trigger: the version that is open is closed first.
        trigger(model, "insert", "", close_version(model, "NEW") + add_version(model, "NEW", "insert")),
        trigger(model, "update", something_tracked_differs(model),
                close_version(model, "OLD") + add_version(model, "NEW", "update")),
        trigger(model, "delete", "", close_version(model, "OLD") + add_version(model, "OLD", "delete")),
    };
}

void attach(db::database& base) {
    base.set_context(
        [] {
            const auto& run = runtime::locals().run;
            const auto text = [](const std::string& s) { return s.empty() ? value{} : value(s); };
            return std::vector<db::statement>{
                {"INSERT OR REPLACE INTO croft_context (only_one, at, run, task, note) VALUES (1, ?1, ?2, ?3, ?4)",
                 {now(), run && run->id ? value(run->id) : value{}, run ? text(run->task) : value{},
                  run ? text(run->note) : value{}}}};
        },
        {{"DELETE FROM croft_context", {}}});
}

}  // namespace croft::history
