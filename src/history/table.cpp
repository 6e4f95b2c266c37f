#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "history/history.hpp"
#include "history/triggers.hpp"
#include "model/sql.hpp"

namespace croft::history {

using model_schema::object;
using model_sql::identifier;

model_info versions_of(const model_info& model) {
    model_info made;
    made.name = model.name + "History";
    made.table = model_sql::history_table(model);
    made.file = model.file;
    made.line = model.line;
    made.keys = {0};
    const auto add = [&](std::string_view name, field_type type, bool nullable) {
        field_info field;
        field.name = field.column = name;
        field.type = type;
        field.nullable = nullable;
        if (!nullable && type != field_type::integer64) field.initial = std::string();
        made.fields.push_back(std::move(field));
    };
    add("history_id", field_type::integer64, false);
    add("history_from", field_type::timestamp, false);
    add("history_to", field_type::timestamp, true);
    add("history_change", field_type::text, false);
    for (auto& one : context_columns()) add(one.history, one.type, true);
    for (auto field : model.fields) {
        if (made.find(field.name))
            throw error(fmt::format("{}.{}: its history has a column of that name already; rename the field",
                                    model.name, field.name));
        field.role = field_role::plain;
        field.reverse.clear();
        if (field.type == field_type::reference) field.nullable = true;  // what it pointed to may be gone
        made.fields.push_back(std::move(field));
    }
    return made;
}

namespace {

object table_of(const model_info& versions, db::engine engine) {
    object table{object::kind::table, versions.table, versions.table,
                 "CREATE TABLE " + identifier(versions.table) + " ("};
    for (std::size_t i = 0; i < versions.fields.size(); ++i) {
        auto field = versions.fields[i];
        model_schema::column made;
        if (i == versions.id) {
            made = model_schema::column_of(versions, versions.fields[i], engine);
        } else {
            field.enumerators.clear();  // versions keep names that the enum has lost
            field.max_length = 0;       // and texts that were allowed then
            if (engine == db::engine::postgres && field.type == field_type::timestamp && !field.nullable)
                field.initial = time_point{};  // the default: an empty text is no time there
            if (field.type == field_type::reference)
                field.type = field.stored_as().type;  // no foreign key: rows may be gone
            made = model_schema::column_of(versions, field, engine);
        }
        table.sql += (i ? ",\n  " : "\n  ") + made.definition;
        table.columns.push_back(std::move(made));
    }
    table.sql += engine == db::engine::sqlite ? "\n) STRICT" : "\n)";
    return table;
}

/// The rows that are there when history is turned on: its beginning.
std::string baseline_of(const model_info& model, const model_info& versions, db::engine engine) {
    return fmt::format("INSERT INTO {} ({}, history_from, history_change) SELECT {}, {}, 'baseline' FROM {}",
                       identifier(versions.table), list(model, all_fields(model)), list(model, all_fields(model)),
                       now_sql(engine), identifier(model.table));
}

}  // namespace

const model_info& model_of(const model_info& model) {
    if (!model.has_history) throw error(model.name + " has no history: its CROFT_MODEL needs history()");
    static std::map<const model_info*, model_info> made;
    auto at = made.find(&model);
    if (at == made.end()) at = made.emplace(&model, versions_of(model)).first;
    return at->second;
}

std::vector<object> objects_of(const model_info& model, db::engine engine) {
    const auto versions =
        versions_of(model);  // not model_of(): a table of an earlier migration lives for a moment only
    std::vector<object> objects{table_of(versions, engine)};
    objects.front().fill = baseline_of(model, versions, engine);
    const auto append = [&](std::vector<object> more) {
        objects.insert(objects.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    };
    append(indexes_of(model, engine));
    append(triggers_of(model, engine));
    return objects;
}

/// Each index of the model's table has one here, for as-of: the same columns, the key (in whose order such rows are
/// read), then the end and the start of validity, so that versions of other times are passed over within the index.
std::vector<object> indexes_of(const model_info& model, db::engine engine) {
    const auto table = model_sql::history_table(model);
    std::vector<object> made;
    const auto add = [&](std::string_view suffix, std::string_view rest) {
        const auto name = model_schema::object_name({table, suffix});
        made.push_back({object::kind::index, name, table,
                        fmt::format("CREATE INDEX {} ON {} {}", identifier(name), identifier(table), rest)});
    };
    const auto add_valid = [&](std::string_view suffix, std::vector<std::size_t> fields) {
        for (auto key : model.keys)
            if (std::ranges::find(fields, key) == fields.end()) fields.push_back(key);
        std::string columns;
        for (auto i : fields) {
            columns += column(model.fields[i]);
            if (engine == db::engine::postgres && model.fields[i].nullable)
                columns += " NULLS FIRST";  // as queries order
            columns += ", ";
        }
        add(suffix, fmt::format("({}{}, history_from)", columns, end_of_validity("", engine)));
    };
    add_valid("row", model.keys);
    for (auto& fields : indexed_lists(model)) {
        std::string suffix = "by";
        for (auto i : fields) suffix += "_" + model.fields[i].column;
        add_valid(suffix, fields);
    }
    add("run", "(history_run) WHERE history_run IS NOT NULL");
    add("note", "(history_note, history_change) WHERE history_note IS NOT NULL");
    add("time", "(history_from)");
    return made;
}

std::vector<object> triggers_of(const model_info& model, db::engine engine) {
    return engine == db::engine::sqlite ? sqlite_triggers(model) : postgres_triggers(model);
}

}  // namespace croft::history
