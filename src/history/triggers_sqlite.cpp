// SQLite's triggers: one a row and event. Built-in functions only: an outsider's connection has no others.
#include <fmt/format.h>

#include <algorithm>

#include "history/history.hpp"
#include "history/triggers.hpp"
#include "model/sql.hpp"

namespace croft::history {

using model_schema::object;
using model_sql::identifier;

namespace {

const std::string_view time_now = now_sql(db::engine::sqlite);

class writer : trigger_parts {
public:
    explicit writer(const model_info& of) : trigger_parts(of) {
        for (auto& one : context_columns()) context += fmt::format(", c.{}", one.context);
    }

    std::vector<object> all_triggers() const {
        std::vector<object> made;
        const auto differs = each(model, tracked, "OLD.", "IS NOT", "NEW.", " OR ");
        made.push_back(
            on_row("insert", "AFTER INSERT", fmt::format("NOT {}", has_open("NEW.")), add("NEW.", "insert", false)));
        // INSERT OR REPLACE deletes the row that had this key without firing the delete trigger.
        made.push_back(
            on_row("replace", "AFTER INSERT",
                   has_open("NEW.", tracked.empty() ? "false" : each(model, tracked, "h.", "IS NOT", "NEW.", " OR ")),
                   close("NEW.") + add("NEW.", "update", false)));
        if (!tracked.empty())
            made.push_back(on_row("update", "AFTER UPDATE",
                                  fmt::format("{} AND ({})", each(model, keys, "OLD.", "IS", "NEW.", " AND "), differs),
                                  close("OLD.") + add("NEW.", "update", false)));
        made.push_back(
            on_row("rekey", fmt::format("AFTER UPDATE OF {}", list(model, keys)),
                   each(model, keys, "OLD.", "IS NOT", "NEW.", " OR "),
                   close("OLD.") + add("OLD.", "delete", true) + close("NEW.") + add("NEW.", "insert", false)));
        made.push_back(on_row("delete", "AFTER DELETE", "", close("OLD.") + add("OLD.", "delete", true)));
        add_replaced(made);
        add_guards(made);
        return made;
    }

private:
    std::string same_row(std::string_view row) const { return each(model, keys, "", "=", row, " AND "); }

    std::string has_open(std::string_view row, std::string_view and_also = "") const {
        return fmt::format("EXISTS (SELECT 1 FROM {} h WHERE {} AND h.history_to IS NULL{})", versions,
                           each(model, keys, "h.", "=", row, " AND "),
                           and_also.empty() ? "" : fmt::format(" AND ({})", and_also));
    }

    /// Ends the version that is open: now, but never before it began (clocks go back, and transactions overlap).
    std::string close(std::string_view row) const {
        return fmt::format("  UPDATE {} SET history_to = max({}, history_from) WHERE {} AND history_to IS NULL;\n",
                           versions, time_now, same_row(row));
    }

    /// Adds a version that begins where the one before it ended.
    std::string add(std::string_view row, std::string_view change, bool ends) const {
        const auto from = fmt::format("max({}, coalesce((SELECT max(history_to) FROM {} WHERE {}), ''))", time_now,
                                      versions, same_row(row));
        return fmt::format("  {}\n  SELECT {}, {}, {}, '{}'{}\n  FROM (SELECT 1) LEFT JOIN croft_context c;\n",
                           insert_into(), list(model, all, row), from, ends ? from : "NULL", change, context);
    }

    object on_row(std::string_view suffix, std::string_view event, std::string_view when, std::string_view body,
                  bool on_versions = false) const {
        return {object::kind::trigger, name(suffix), on_versions ? model_sql::history_table(model) : model.table,
                fmt::format("CREATE TRIGGER {} {} ON {} {}BEGIN\n{}END", identifier(name(suffix)), event,
                            on_versions ? versions : table, when.empty() ? "" : fmt::format("WHEN {} ", when), body)};
    }

    /// The open versions of rows that are gone and shared a unique constraint with the new row: OR REPLACE took them.
    std::string replaced_rows(const std::vector<std::size_t>& unique, const std::string& h) const {
        return fmt::format("{}history_to IS NULL AND {} AND NOT EXISTS (SELECT 1 FROM {} t WHERE {})", h,
                           each(model, unique, h, "=", "NEW.", " AND "), table,
                           each(model, keys, "t.", "=", h, " AND "));
    }

    void add_replaced(std::vector<object>& made) const {
        std::string found, found_changed, body, columns;
        for (auto& unique : unique_lists(model)) {
            const auto which = replaced_rows(unique, "h.");
            const auto one = fmt::format("EXISTS (SELECT 1 FROM {} h WHERE {})", versions, which);
            found += (found.empty() ? "" : " OR ") + one;
            found_changed += fmt::format("{}(({}) AND {})", found_changed.empty() ? "" : " OR ",
                                         each(model, unique, "OLD.", "IS NOT", "NEW.", " OR "), one);
            body += fmt::format(
                "  {}\n  SELECT {}, max({}, h.history_from), max({}, h.history_from), 'delete'{}\n"
                "  FROM {} h LEFT JOIN croft_context c WHERE {};\n"
                "  UPDATE {} SET history_to = max({}, history_from) WHERE {};\n",
                insert_into(), list(model, all, "h."), time_now, time_now, context, versions, which, versions, time_now,
                replaced_rows(unique, versions + "."));
            columns += (columns.empty() ? "" : ", ") + list(model, unique);
        }
        if (found.empty()) return;
        made.push_back(on_row("insert_replaced", "AFTER INSERT", found, body));
        made.push_back(on_row("update_replaced", fmt::format("AFTER UPDATE OF {}", columns), found_changed, body));
    }

    /// Append-only. The one change that passes is the end of a version that isn't true any more.
    void add_guards(std::vector<object>& made) const {
        const auto no_retention =
            fmt::format("(SELECT retention FROM croft_context) IS NOT '{}'", model_sql::history_table(model));
        const auto refuse = fmt::format("  SELECT RAISE(ABORT, '{}');\n", refusal());
        const auto still_so =
            fmt::format("EXISTS (SELECT 1 FROM {} t WHERE {}{})", table, each(model, keys, "t.", "=", "OLD.", " AND "),
                        tracked.empty() ? "" : " AND " + each(model, tracked, "t.", "IS", "OLD.", " AND "));
        made.push_back(on_row("guard_insert", "BEFORE INSERT",
                              fmt::format("EXISTS (SELECT 1 FROM {} WHERE history_id = NEW.history_id)", versions),
                              refuse, true));
        made.push_back(on_row(
            "guard_columns",
            fmt::format("BEFORE UPDATE OF history_id, history_from, history_change, {}, {}", who, list(model, all)), "",
            refuse, true));
        made.push_back(on_row(
            "guard_update", "BEFORE UPDATE OF history_to",
            fmt::format("{} AND (OLD.history_to IS NOT NULL OR NEW.history_to IS NULL OR {})", no_retention, still_so),
            refuse, true));
        made.push_back(on_row("guard_delete", "BEFORE DELETE", no_retention, refuse, true));
    }

    std::string context;
};

}  // namespace

std::vector<object> sqlite_triggers(const model_info& model) { return writer(model).all_triggers(); }

}  // namespace croft::history
