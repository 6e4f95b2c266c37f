// PostgreSQL's triggers: one a statement and event, over transition tables, so that a load of many rows changes each
// group once. Groups are changed in the order of their keys: two loads at once wait for each other, and don't lock up.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

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
        if (name("insert").size() > 63)
            throw error(fmt::format("{}: PostgreSQL cuts names after 63 characters, and {} is longer: give the rollup a "
                                    "shorter name",
                                    of.model->name, name("insert")));
        std::vector<object> made;
        add(made, "insert", "INSERT", "NEW TABLE AS new_rows", rows("new_rows", 1));
        add(made, "update", "UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows",
            rows("old_rows", -1) + "\n      UNION ALL " + rows("new_rows", 1));
        add(made, "delete", "DELETE", "OLD TABLE AS old_rows", rows("old_rows", -1));
        made.push_back({object::kind::function, name("truncate"), of.source->table,
                        function("truncate", fmt::format("  DELETE FROM {};\n", table))});
        made.push_back({object::kind::trigger, name("truncate"), of.source->table,
                        fmt::format("CREATE TRIGGER {} AFTER TRUNCATE ON {} FOR EACH STATEMENT EXECUTE FUNCTION {}()",
                                    identifier(name("truncate")), source, identifier(name("truncate")))});
        return made;
    }

private:
    void add(std::vector<object>& made, std::string_view suffix, std::string_view event, std::string_view tables,
             const std::string& changed) const {
        made.push_back({object::kind::function, name(suffix), of.source->table, function(suffix, body(changed))});
        made.push_back({object::kind::trigger, name(suffix), of.source->table,
                        fmt::format("CREATE TRIGGER {} AFTER {} ON {} REFERENCING {} FOR EACH STATEMENT EXECUTE FUNCTION "
                                    "{}()",
                                    identifier(name(suffix)), event, source, tables, identifier(name(suffix)))});
    }

    std::string function(std::string_view suffix, const std::string& statements) const {
        return fmt::format(
            "CREATE OR REPLACE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $croft$\n"
            "BEGIN\n{}  RETURN NULL;\nEND $croft$",
            identifier(name(suffix)), statements);
    }

    /// The columns that matter of rows that came (1) or went (-1).
    std::string rows(std::string_view from, int sign) const {
        std::string columns = std::to_string(sign) + " AS croft_sign";
        for (const auto& one : watched) columns += ", " + one;
        return fmt::format("SELECT {} FROM {}", columns, from);
    }

    std::string same_key(std::string_view left, std::string_view right) const {
        if (keys.empty()) return "true";
        std::string out;
        for (const auto& key : keys) {
            const auto l = fmt::format("{}.{}", left, key.own), r = fmt::format("{}.{}", right, key.source);
            out += out.empty() ? "" : " AND ";
            out += key.nullable ? fmt::format("({0} = {1} OR ({0} IS NULL AND {1} IS NULL))", l, r) : l + " = " + r;
        }
        return out;
    }

    /// Adds what changed to the groups, derives from that what the struct shows, and takes empty groups away.
    std::string body(const std::string& changed) const {
        const auto groups = fmt::format("(SELECT DISTINCT {} FROM (\n      {}\n    ) changed) g",
                                        keys.empty() ? "1" : for_keys("{1}", ", "), changed);
        return fmt::format(
            "  INSERT INTO {} AS s ({})\n    SELECT {} FROM (\n      {}\n    ) changed{}\n  ON CONFLICT ({}) DO UPDATE SET "
            "{};\n{}  DELETE FROM {} s USING {} WHERE {} AND s.{} <= 0;\n",
            table, columns(), sums_of_changes(), changed,
            keys.empty() ? " HAVING count(*) > 0" : fmt::format(" GROUP BY {0} ORDER BY {0}", for_keys("{1}", ", ")),
            keys.empty() ? "id" : for_keys("{0}", ", "), additions(),
            values.empty() ? ""
                           : fmt::format("  UPDATE {} s SET {} FROM {} WHERE {};\n", table, derived(), groups,
                                         same_key("s", "g")),
            table, groups, same_key("s", "g"), rows_column);
    }

    std::string columns() const {
        auto out = (keys.empty() ? "id" : for_keys("{0}", ", ")) + ", " + std::string(rows_column);
        for (const auto& one : sums) out += fmt::format(", {}, {}", identifier(one.count), identifier(one.sum));
        return out;
    }

    std::string sums_of_changes() const {
        auto out = (keys.empty() ? "1" : for_keys("{1}", ", ")) + ", sum(croft_sign)";
        for (const auto& one : sums) {
            const auto x = identifier(of.source->fields[one.source].column);
            out += fmt::format(", coalesce(sum(croft_sign) FILTER (WHERE {0} IS NOT NULL), 0), coalesce(sum(croft_sign * "
                               "{0}), 0)",
                               x);
        }
        return out;
    }

    std::string additions() const {
        auto out = fmt::format("{0} = s.{0} + excluded.{0}", rows_column);
        for (const auto& one : sums)
            out += fmt::format(", {0} = s.{0} + excluded.{0}, {1}", identifier(one.count), add_sum(one));
        return out;
    }

    /// "NaN" is infinity less infinity: then it is summed up anew.
    std::string add_sum(const summed& one) const {
        const auto sum = identifier(one.sum);
        if (one.rest.empty()) return fmt::format("{0} = s.{0} + excluded.{0}", sum);
        const auto rest = identifier(one.rest);
        return fmt::format(
            "{1} = coalesce(nullif(s.{1} + CASE WHEN abs(s.{0}) >= abs(excluded.{0}) THEN (s.{0} - (s.{0} + "
            "excluded.{0})) + excluded.{0} ELSE (excluded.{0} - (s.{0} + excluded.{0})) + s.{0} END, 'NaN'), 0), {0} = "
            "coalesce(nullif(s.{0} + excluded.{0}, 'NaN'), (SELECT sum(t.{2}) FROM {3} t WHERE {4}), 0)",
            sum, rest, identifier(of.source->fields[one.source].column), source, same_key("s", "t"));
    }

    std::string derived() const {
        std::string set;
        for (const auto& one : values) {
            std::string is;
            if (one.what == aggregate::count)
                is = fmt::format("s.{}", rows_column);
            else if (one.what == aggregate::sum)
                is = one.sums->rest.empty()
                         ? "s." + identifier(one.sums->sum)
                         : fmt::format("s.{} + s.{}", identifier(one.sums->sum), identifier(one.sums->rest));
            else if (one.what == aggregate::avg)
                is = average(one, "s." + identifier(one.sums->sum),
                             one.sums->rest.empty() ? "" : "s." + identifier(one.sums->rest),
                             "s." + identifier(one.sums->count));
            else
                is = extreme(one);
            set += fmt::format("{}{} = {}", set.empty() ? "" : ", ", one.own, is);
        }
        return set;
    }

    std::string extreme(const column& one) const {
        const auto fn = one.what == aggregate::min ? "min" : "max";
        const auto anew = fmt::format("(SELECT {}(t.{}) FROM {} t WHERE {})", fn, one.source, source, same_key("s", "t"));
        return one.nullable ? anew : fmt::format("coalesce({}, s.{})", anew, one.own);
    }
};

}  // namespace

std::vector<object> postgres_triggers(const rollup_info& of) { return writer(of).all(); }

}  // namespace croft::rollup
