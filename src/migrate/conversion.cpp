#include "migrate/conversion.hpp"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "model/ddl.hpp"

namespace croft::migrations {
namespace {

using enum field_type;
using croft::detail::most_units;
using croft::detail::power_of_ten;

/// A duration is the number of its microseconds.
bool is_whole(field_type type) {
    return type == boolean || (type >= integer16 && type <= integer64) || type == duration;
}
bool is_number(field_type type) { return is_whole(type) || type == decimal || type == real; }

/// Names of an enum are texts; which ones are allowed, a check says.
field_type plain(field_type type) { return type == enumeration ? text : type; }

using bounds = std::pair<std::int64_t, std::int64_t>;

bounds up_to(std::int64_t most) { return {-most, most}; }

bounds range_of(field_type type) {
    if (type == boolean) return {0, 1};
    if (type == integer16) return {std::numeric_limits<std::int16_t>::min(), std::numeric_limits<std::int16_t>::max()};
    if (type == integer32) return {std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()};
    return {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()};
}

constexpr std::int64_t exact_in_a_double = std::int64_t{1} << 53;
constexpr std::int64_t digits_of_a_double = 999'999'999'999'999;  // 15: as many as every double keeps

std::string within(const std::string& what, bounds allowed) {
    return fmt::format("{} BETWEEN {} AND {}", what, allowed.first, allowed.second);
}

/// SQLite's GLOB for a UUID.
std::string uuid_glob() {
    std::string out;
    for (const int digits : {8, 4, 4, 4, 12}) {
        if (!out.empty()) out += '-';
        for (int i = 0; i < digits; ++i) out += "[0-9A-Fa-f]";
    }
    return out;
}

class conversion {
public:
    conversion(const std::string& name, const column& from, const column& to, db::engine engine)
        : x_(name), from_(from), to_(to), sqlite_(engine == db::engine::sqlite) {
        field_info target;
        target.type = to.type;
        target.scale = to.scale;
        type_ = model_schema::column_type(target, engine);
    }

    std::string run() const {
        const auto from = plain(from_.type), to = plain(to_.type);
        if (from == text && to == text) return shortened();
        if (from == to && from != decimal) return x_;
        if (!can_become(from_.type, to_.type)) return only_if("", "");
        if (from == text) return of_text();
        if (to == text) return as_text();
        if (to == timestamp) return sqlite_ ? x_ + " || 'T00:00:00.000000Z'" : x_ + "::timestamp AT TIME ZONE 'UTC'";
        if (to == date) return midnight();
        if (from == decimal) return of_decimal();
        return from == real ? of_real() : of_whole();
    }

private:
    /// `made` where `fits`, which is null for null. Without `fits`: for no value.
    std::string only_if(const std::string& fits, const std::string& made) const {
        // A blob is refused by all columns but those of bytes.
        const auto refused = !sqlite_ ? fmt::format("({}::text || ' does not fit')::integer::text::{}", x_, type_)
                             : to_.type == bytes ? std::string("''")
                                                 : std::string("x''");
        const auto otherwise = fmt::format("WHEN {} IS NOT NULL THEN {} END", x_, refused);
        return fits.empty() ? "CASE " + otherwise : fmt::format("CASE WHEN {} THEN {} {}", fits, made, otherwise);
    }

    std::string cast(const std::string& what) const {
        if (!sqlite_) return fmt::format("({})::{}", what, type_);
        return to_.type == real ? what : fmt::format("CAST({} AS INTEGER)", what);
    }

    /// PostgreSQL would silently cut spaces off.
    std::string shortened() const {
        const bool narrower = to_.max_length && (!from_.max_length || to_.max_length < from_.max_length);
        return narrower && !sqlite_ ? only_if(fmt::format("length({}) <= {}", x_, to_.max_length), x_) : x_;
    }

    std::string of_whole() const {
        const auto number = from_.type == boolean && !sqlite_ ? x_ + "::integer" : x_;
        const auto has = range_of(from_.type);
        if (to_.type == decimal) {
            const auto fits = within(number, up_to(most_units / power_of_ten(to_.scale)));
            return only_if(fits, sqlite_ ? fmt::format("{} * {}", x_, power_of_ten(to_.scale)) : cast(number));
        }
        const auto allowed = to_.type == real ? up_to(exact_in_a_double) : range_of(to_.type);
        if (to_.type == boolean) return only_if(within(number, allowed), sqlite_ ? x_ : x_ + " = 1");
        const auto made = sqlite_ ? x_ : number + "::" + type_;
        const bool all = has.first >= allowed.first && has.second <= allowed.second;
        const bool cast_refuses = !sqlite_ && to_.type != real;
        return all || cast_refuses ? made : only_if(within(number, allowed), made);
    }

    std::string of_decimal() const {
        if (sqlite_) return of_units(power_of_ten(from_.scale));
        if (to_.type == decimal)
            return to_.scale >= from_.scale ? cast(x_)
                                            : only_if(fmt::format("{0} = round({0}, {1})", x_, to_.scale), cast(x_));
        if (to_.type == boolean) return only_if(x_ + " IN (0, 1)", x_ + " = 1");
        if (to_.type == real) {
            const auto most = to_text(decimal_value{digits_of_a_double, from_.scale});
            return only_if(fmt::format("{} BETWEEN -{} AND {}", x_, most, most), cast(x_));
        }
        return only_if(fmt::format("{0} = trunc({0}) AND {1}", x_, within(x_, range_of(to_.type))), cast(x_));
    }

    std::string of_units(std::int64_t one) const {
        if (to_.type == decimal && to_.scale == from_.scale) return x_;
        if (to_.type == decimal && to_.scale > from_.scale) {
            const auto times = power_of_ten(to_.scale - from_.scale);
            return only_if(within(x_, up_to(most_units / times)), fmt::format("{} * {}", x_, times));
        }
        if (to_.type == real) return only_if(within(x_, up_to(digits_of_a_double)), fmt::format("{} / {}.0", x_, one));
        const auto by = to_.type == decimal ? power_of_ten(from_.scale - to_.scale) : one;
        const auto made = fmt::format("{} / {}", x_, by);
        auto fits = fmt::format("{} % {} = 0", x_, by);
        if (to_.type != decimal) fits += " AND " + within(made, range_of(to_.type));
        return only_if(fits, made);
    }

    /// A double is the decimal that is written so: 0.1, though it isn't a tenth.
    std::string of_real() const {
        if (to_.type == decimal) {
            const auto one = power_of_ten(to_.scale);
            const auto most = to_text(decimal_value{digits_of_a_double, to_.scale});
            const auto fits = fmt::format("{} BETWEEN -{} AND {}", x_, most, most);
            if (!sqlite_)
                return only_if(
                    fmt::format("{0} AND round({1}::numeric, {2})::double precision = {1}", fits, x_, to_.scale),
                    cast(x_ + "::numeric"));
            const auto units = fmt::format("CAST(round({} * {}) AS INTEGER)", x_, one);
            return only_if(fmt::format("{} AND {} / {}.0 = {}", fits, units, one, x_), units);
        }
        const auto whole =
            to_.type == integer64 || to_.type == duration ? up_to(exact_in_a_double) : range_of(to_.type);
        const auto fits = fmt::format("{} AND {} = {}", within(x_, whole), x_,
                                      sqlite_ ? fmt::format("CAST({} AS INTEGER)", x_) : fmt::format("trunc({})", x_));
        return only_if(fits, to_.type == boolean && !sqlite_ ? x_ + " = 1" : cast(x_));
    }

    std::string as_text() const {
        if (!sqlite_) {
            if (from_.type == boolean) return x_ + "::integer::text";
            if (from_.type == timestamp)
                return fmt::format("to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')", x_);
            return x_ + "::text";
        }
        if (is_whole(from_.type)) return fmt::format("CAST({} AS TEXT)", x_);
        if (from_.type == decimal && from_.scale > 0)
            return fmt::format(
                "CASE WHEN {1} IS NOT NULL THEN printf('%s%d.%0{0}d', CASE WHEN {1} < 0 THEN '-' ELSE '' END, abs({1}) "
                "/ {2}, abs({1}) % {2}) END",
                from_.scale, x_, power_of_ten(from_.scale));
        if (from_.type == decimal) return fmt::format("CAST({} AS TEXT)", x_);
        if (from_.type != real) return x_;
        // The first that reads as the same number.
        std::string shortest = "CASE";
        for (const auto* format : {"%.15g", "%!.16g", "%!.17g"})
            shortest += fmt::format(" WHEN CAST(printf('{0}', {1}) AS REAL) = {1} THEN printf('{0}', {1})", format, x_);
        return fmt::format("{} WHEN {} IS NOT NULL THEN x'' END", shortest, x_);
    }

    std::string of_text() const {
        switch (to_.type) {
            case json:
                return sqlite_ ? only_if(fmt::format("json_valid({})", x_), x_) : cast(x_);
            case date:
                return sqlite_ ? only_if(fmt::format("date({0}, '+0 days') = {0}", x_), x_)
                               : matching("[0-9]{4}-[0-9]{2}-[0-9]{2}");
            case uuid:
                return sqlite_ ? only_if(fmt::format("{} GLOB '{}'", x_, uuid_glob()), fmt::format("lower({})", x_))
                               : matching("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}");
            case timestamp:
                return sqlite_ ? time_of_text()
                               : matching(
                                     "[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
                                     "(\\.[0-9]{1,6})?Z");
            case boolean:
                return only_if(x_ + " IN ('0', '1')", x_ + " = '1'");
            case decimal:
                return decimal_of_text();
            case real:
                if (!sqlite_) return matching("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?");
                return only_if(
                    fmt::format("json_valid({0}) AND {0} NOT GLOB '*[^-+.0-9eE]*' AND abs(CAST({0} AS REAL)) "
                                "< 9e999",
                                x_),
                    fmt::format("CAST({} AS REAL)", x_));
            default:
                break;
        }
        if (!sqlite_) return matching("(0|-?[1-9][0-9]*)");
        const auto number = fmt::format("CAST({} AS INTEGER)", x_);
        return only_if(fmt::format("CAST({} AS TEXT) = {} AND {}", number, x_, within(number, range_of(to_.type))),
                       number);
    }

    std::string matching(std::string_view pattern) const {
        return only_if(fmt::format("{} ~ '^{}$'", x_, pattern), cast(x_));
    }

    std::string decimal_of_text() const {
        const auto digits = to_.scale ? fmt::format("(\\.[0-9]{{1,{}}})?", to_.scale) : "";
        if (!sqlite_) return matching("-?(0|[1-9][0-9]*)" + digits);
        const auto point = fmt::format("instr({} || '.', '.')", x_);
        const auto units =
            fmt::format("CAST(substr({0}, 1, {1} - 1) || substr(substr({0}, {1} + 1) || '{2}', 1, {3}) AS INTEGER)", x_,
                        point, std::string(static_cast<std::size_t>(to_.scale), '0'), to_.scale);
        return only_if(fmt::format("json_valid({0}) AND {0} NOT GLOB '*[^-.0-9]*' AND length({0}) - {1} <= {2} AND {3}",
                                   x_, point, to_.scale, within(units, up_to(most_units))),
                       units);
    }

    /// RFC 3339 in UTC, with at most six digits of a second. "+0 days" makes another day of one that doesn't exist.
    std::string time_of_text() const {
        const auto second = fmt::format("substr({}, 1, 19)", x_), rest = fmt::format("rtrim(substr({}, 21), 'Z')", x_);
        return only_if(
            fmt::format("strftime('%Y-%m-%dT%H:%M:%S', {0}, '+0 days') = {0} AND ({1} = {0} || 'Z' OR {1} = {0} || '.' "
                        "|| {2} || 'Z' AND length({2}) BETWEEN 1 AND 6 AND {2} NOT GLOB '*[^0-9]*')",
                        second, x_, rest),
            fmt::format("{} || '.' || substr({} || '000000', 1, 6) || 'Z'", second, rest));
    }

    std::string midnight() const {
        if (sqlite_)
            return only_if(fmt::format("substr({}, 11) = 'T00:00:00.000000Z'", x_),
                           fmt::format("substr({}, 1, 10)", x_));
        const auto in_utc = fmt::format("({} AT TIME ZONE 'UTC')", x_);
        return only_if(in_utc + "::time = '00:00'", in_utc + "::date");
    }

    const std::string& x_;
    const column& from_;
    const column& to_;
    bool sqlite_;
    std::string type_;  // of `to`
};

}  // namespace

bool can_become(field_type from, field_type to) {
    using enum field_type;
    if (from == to || (is_number(from) && is_number(to))) return true;
    if (from == text || to == text) return from != bytes && to != bytes;
    return (from == timestamp && to == date) || (from == date && to == timestamp);
}

std::string converted(const std::string& name, const column& from, const column& to, db::engine engine) {
    return conversion(name, from, to, engine).run();
}

}  // namespace croft::migrations
