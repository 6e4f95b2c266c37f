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
            throw error(
                fmt::format("{}: PostgreSQL cuts names after 63 characters, and {} is longer: give the rollup a "
                            "shorter name",
                            of.model->name, name("insert")));
        std::vector<object> made;
        add(made, "insert", "INSERT", "NEW TABLE AS new_rows", rows("new_rows", 1), true);
        add(made, "update", "UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows",
            rows("old_rows", -1) + "\n    UNION ALL " + rows("new_rows", 1), true);
        add(made, "delete", "DELETE", "OLD TABLE AS old_rows", rows("old_rows", -1), false);
        made.push_back({object::kind::function, name("truncate"), of.source->table,
                        function("truncate", fmt::format("  DELETE FROM {};\n", table))});
        made.push_back({object::kind::trigger, name("truncate"), of.source->table,
                        fmt::format("CREATE TRIGGER {} AFTER TRUNCATE ON {} FOR EACH STATEMENT EXECUTE FUNCTION {}()",
                                    identifier(name("truncate")), source, identifier(name("truncate")))});
        return made;
    }

private:
    /// Whether a row is among those that count.
    std::string counts(std::string_view word, std::string_view row) const {
        return clause(of, word, row, db::engine::postgres);
    }

    void add(std::vector<object>& made, std::string_view suffix, std::string_view event, std::string_view tables,
             const std::string& changed, bool adds) const {
        made.push_back({object::kind::function, name(suffix), of.source->table, function(suffix, body(changed, adds))});
        made.push_back(
            {object::kind::trigger, name(suffix), of.source->table,
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
        return fmt::format("SELECT {} FROM {}{}", columns, from, counts(" WHERE ", from));
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

    /// Locks the groups, in the order of their keys, makes those that are new, adds what changed, derives from that
    /// what the struct shows, and takes empty groups away.
    std::string body(const std::string& changed, bool adds) const {
        const auto key = keys.empty() ? std::string("1") : for_keys("{1}", ", ");
        const auto groups = fmt::format("(SELECT DISTINCT {} FROM (\n    {}\n  ) changed) g", key, changed);
        const auto same = same_key("s", "g");
        auto out = fmt::format("  PERFORM 1 FROM {} s JOIN {} ON {} ORDER BY {} FOR UPDATE OF s;\n", table, groups,
                               same, keys.empty() ? "s.id" : for_keys("s.{0}", ", "));
        if (adds)
            out += fmt::format(
                "  INSERT INTO {} AS s ({}) SELECT DISTINCT {} FROM new_rows{} ORDER BY {}\n  ON CONFLICT ({}) DO "
                "UPDATE "
                "SET {} = s.{};\n",
                table, keys.empty() ? "id" : for_keys("{0}", ", "), key, counts(" WHERE ", "new_rows"), key,
                keys.empty() ? "id" : for_keys("{0}", ", "), rows_column, rows_column);
        out +=
            fmt::format("  UPDATE {} s SET {} FROM (\n    SELECT {} FROM (\n    {}\n  ) changed{}) g WHERE {};\n",
                        table, additions(), sums_of_changes(), changed, keys.empty() ? "" : " GROUP BY " + key, same);
        if (!values.empty())
            out += fmt::format("  UPDATE {} s SET {} FROM {} WHERE {};\n", table, derived(), groups, same);
        return out +
               fmt::format("  DELETE FROM {} s USING {} WHERE {} AND s.{} <= 0;\n", table, groups, same, rows_column);
    }

    std::string sums_of_changes() const {
        auto out = keys.empty() ? std::string() : for_keys("{1}", ", ") + ", ";
        out += fmt::format("coalesce(sum(croft_sign), 0) AS {}", rows_column);
        for (const auto& one : sums) {
            const auto x = identifier(of.source->fields[one.source].column);
            out += fmt::format(
                ", coalesce(sum(croft_sign) FILTER (WHERE {0} IS NOT NULL), 0) AS {1}, coalesce(sum(croft_sign * {0}), "
                "0) "
                "AS {2}",
                x, identifier(one.count), identifier(one.sum));
        }
        return out;
    }

    std::string additions() const {
        auto out = fmt::format("{0} = s.{0} + g.{0}", rows_column);
        for (const auto& one : sums)
            out += fmt::format(", {0} = s.{0} + g.{0}, {1}", identifier(one.count), add_sum(one));
        return out;
    }

    /// "NaN" is infinity less infinity: then it is summed up anew.
    std::string add_sum(const summed& one) const {
        const auto sum = identifier(one.sum);
        if (one.rest.empty()) return fmt::format("{0} = s.{0} + g.{0}", sum);
        return fmt::format(
            "{1} = coalesce(nullif(s.{1} + {2}, 'NaN'), 0), {0} = "
            "coalesce(nullif(s.{0} + g.{0}, 'NaN'), (SELECT sum(t.{3}) FROM {4} t WHERE {5}{6}), 0)",
            sum, identifier(one.rest), lost_by_adding("s." + sum, "g." + sum),
            identifier(of.source->fields[one.source].column), source, same_key("s", "t"), counts(" AND ", "t"));
    }

    std::string derived() const {
        std::string set;
        for (const auto& one : values) {
            std::string is;
            if (one.what == rollup_kind::count)
                is = fmt::format("s.{}", rows_column);
            else if (one.what == rollup_kind::sum)
                is = one.sums->rest.empty()
                         ? "s." + identifier(one.sums->sum)
                         : fmt::format("s.{} + s.{}", identifier(one.sums->sum), identifier(one.sums->rest));
            else if (one.what == rollup_kind::avg)
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
        const auto fn = one.what == rollup_kind::min ? "min" : "max";
        const auto anew = fmt::format("(SELECT {}(t.{}) FROM {} t WHERE {}{})", fn, one.source, source,
                                      same_key("s", "t"), counts(" AND ", "t"));
        return one.nullable ? anew : fmt::format("coalesce({}, s.{})", anew, one.own);
    }
};

}  // namespace

std::vector<object> postgres_triggers(const rollup_info& of) { return writer(of).all(); }

}  // namespace croft::rollup
