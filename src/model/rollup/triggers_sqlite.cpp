// SQLite's triggers, row by row. They use built-in functions only: an outsider's connection has no others.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "model/rollup/parts.hpp"
#include "model/sql.hpp"

namespace croft::rollup {

using model_schema::object;
using model_sql::identifier;

namespace {

class writer : trigger_parts {
public:
    explicit writer(const rollup_info& of) : trigger_parts(of) {}

    std::vector<object> all() const {
        std::vector<object> made;
        made.push_back(trigger("insert", "INSERT", add(), when("NEW")));
        if (!watched.empty())
            made.push_back(trigger("update", fmt::format("UPDATE OF {}", fmt::join(watched, ", ")),
                                   take() + add() + drop_empty(), "WHEN " + differs() + " "));
        made.push_back(trigger("delete", "DELETE", take() + drop_empty(), when("OLD")));
        return made;
    }

private:
    /// Whether a row is among those that count.
    std::string counts(std::string_view word, std::string_view row) const {
        return clause(of, word, row, db::engine::sqlite);
    }
    std::string when(std::string_view row) const {
        const auto holds = counts("WHEN ", row);
        return holds.empty() ? holds : holds + " ";
    }

    object trigger(std::string_view suffix, std::string_view event, std::string_view body,
                   std::string_view when = "") const {
        return {object::kind::trigger, name(suffix), of.source->table,
                fmt::format("CREATE TRIGGER {} AFTER {} ON {} {}BEGIN\n{}END", identifier(name(suffix)), event, source,
                            when, body)};
    }

    std::string differs() const {
        std::string out;
        for (const auto& one : watched)
            out += fmt::format("{}OLD.{} IS NOT NEW.{}", out.empty() ? "" : " OR ", one, one);
        return out;
    }

    /// The rollup's row of this source row.
    std::string group(std::string_view row) const {
        return keys.empty() ? "true" : for_keys(fmt::format("{{0}} IS {}.{{1}}", row), " AND ");
    }
    /// Rows of the source in its group.
    std::string members(std::string_view row) const {
        return (keys.empty() ? "true" : for_keys(fmt::format("{{1}} IS {}.{{1}}", row), " AND ")) +
               counts(" AND ", source);
    }

    std::string add() const {
        const auto columns = keys.empty() ? std::string(rows_column) : for_keys("{0}", ", ");
        const auto first = keys.empty() ? "0" : for_keys("NEW.{1}", ", ");
        return fmt::format("  INSERT INTO {} ({}) SELECT {} WHERE NOT EXISTS (SELECT 1 FROM {} WHERE {}){};\n", table,
                           columns, first, table, group("NEW"), counts(" AND ", "NEW")) +
               change("NEW", '+');
    }
    std::string take() const { return change("OLD", '-'); }
    std::string drop_empty() const {
        return fmt::format("  DELETE FROM {} WHERE {} AND {} <= 0;\n", table, group("OLD"), rows_column);
    }

    std::string change(std::string_view row, char sign) const {
        std::string set = fmt::format("{} = {} {} 1", rows_column, rows_column, sign);
        for (const auto& one : sums) {
            set += fmt::format(", {} = {}, {} = {}", identifier(one.count), new_count(one, row, sign),
                               identifier(one.sum), new_sum(one, row, sign));
            if (!one.rest.empty()) set += fmt::format(", {} = {}", identifier(one.rest), new_rest(one, row, sign));
        }
        for (const auto& one : values) set += fmt::format(", {} = {}", one.own, new_value(one, row, sign));
        return fmt::format("  UPDATE {} SET {} WHERE {}{};\n", table, set, group(row), counts(" AND ", row));
    }

    std::string source_of(const summed& one) const { return identifier(of.source->fields[one.source].column); }

    std::string new_count(const summed& one, std::string_view row, char sign) const {
        return fmt::format("{} {} ({}.{} IS NOT NULL)", identifier(one.count), sign, row, source_of(one));
    }
    std::string amount(const summed& one, std::string_view row, char sign) const {
        return fmt::format("({}coalesce({}.{}, {}))", sign == '-' ? "-" : "", row, source_of(one),
                           one.rest.empty() ? "0" : "0.0");
    }
    /// Infinity less infinity is null: then it is summed up anew.
    std::string new_sum(const summed& one, std::string_view row, char sign) const {
        const auto plain = fmt::format("{} + {}", identifier(one.sum), amount(one, row, sign));
        if (one.rest.empty()) return plain;
        return fmt::format("coalesce({}, (SELECT sum({}) FROM {} WHERE {}), 0.0)", plain, source_of(one), source,
                           members(row));
    }
    std::string new_rest(const summed& one, std::string_view row, char sign) const {
        return fmt::format("coalesce({} + {}, 0.0)", identifier(one.rest),
                           lost_by_adding(identifier(one.sum), amount(one, row, sign)));
    }

    std::string new_value(const column& one, std::string_view row, char sign) const {
        if (one.what == rollup_kind::count) return fmt::format("{} {} 1", rows_column, sign);
        if (one.what == rollup_kind::sum) {
            const auto& by = *one.sums;
            return by.rest.empty() ? new_sum(by, row, sign) : new_sum(by, row, sign) + " + " + new_rest(by, row, sign);
        }
        if (one.what == rollup_kind::avg) {
            const auto& by = *one.sums;
            return average(one, new_sum(by, row, sign), by.rest.empty() ? "" : new_rest(by, row, sign),
                           fmt::format("({}) * {}", new_count(by, row, sign), unit(by.scale)));
        }
        return sign == '+' ? with_one_more(one, row) : with_one_less(one, row);
    }

    std::string with_one_more(const column& one, std::string_view row) const {
        const auto fn = one.what == rollup_kind::min ? "min" : "max";
        return fmt::format("CASE WHEN {0} = 0 THEN {1}.{2} ELSE coalesce({3}({4}, {1}.{2}), {4}, {1}.{2}) END",
                           rows_column, row, one.source, fn, one.own);
    }
    std::string with_one_less(const column& one, std::string_view row) const {
        const auto fn = one.what == rollup_kind::min ? "min" : "max";
        const auto anew = fmt::format("(SELECT {}({}) FROM {} WHERE {})", fn, one.source, source, members(row));
        return fmt::format("CASE WHEN {}.{} IS {} THEN {} ELSE {} END", row, one.source, one.own,
                           one.nullable ? anew : fmt::format("coalesce({}, {})", anew, one.own), one.own);
    }
};

}  // namespace

std::vector<object> sqlite_triggers(const rollup_info& of) { return writer(of).all(); }

}  // namespace croft::rollup
