#include "db/postgres/cells.hpp"

#include <charconv>
#include <limits>

#include "croft/db_error.hpp"

namespace croft::db::postgres {
namespace {

/// Fixed numbers of PostgreSQL's built-in types (its pg_type.dat).
cell_kind kind_of(Oid type) {
    switch (type) {
        case 16:
            return cell_kind::boolean;
        case 17:
            return cell_kind::bytes;
        case 20:  // bigint
        case 21:  // smallint
        case 23:  // integer
        case 26:  // oid
            return cell_kind::integer;
        case 700:
        case 701:
            return cell_kind::real;
        case 1114:
        case 1184:
            return cell_kind::time;
        default:
            return cell_kind::text;
    }
}

std::int64_t integer(std::string_view text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

double real(std::string_view text) {
    double number = std::numeric_limits<double>::quiet_NaN();  // from_chars knows nan and infinity, in any case
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

char nibble(char c) noexcept { return static_cast<char>(c <= '9' ? c - '0' : c - 'a' + 10); }

/// "\x0aff"
void add_hexadecimal(row_set& to, std::string_view text) {
    if (!text.starts_with("\\x")) throw error("a bytea arrived in another form than the session asked for");
    std::string content;
    content.reserve(text.size() / 2);
    for (std::size_t i = 2; i + 1 < text.size(); i += 2)
        content += static_cast<char>((nibble(text[i]) << 4) | nibble(text[i + 1]));
    to.add_bytes(content);
}

void add_cell(row_set& to, std::string_view text, cell_kind kind) {
    switch (kind) {
        case cell_kind::text:
            return to.add_text(text);
        case cell_kind::boolean:
            return to.add_integer(text == "t");
        case cell_kind::integer:
            return to.add_integer(integer(text));
        case cell_kind::real:
            return to.add_real(real(text));
        case cell_kind::bytes:
            return add_hexadecimal(to, text);
        case cell_kind::time:
            return to.add_text(time_text(text));
    }
}

}  // namespace

std::string time_text(std::string_view text) {
    if (text.ends_with("BC") || text == "-infinity") return "0001-01-01T00:00:00.000000Z";
    constexpr std::size_t seconds = 19;  // of "2026-03-01 00:00:00"
    if (text.size() < seconds || text[4] != '-') return "9999-12-31T23:59:59.999999Z";
    std::string moment(text.substr(0, seconds));
    moment[10] = 'T';
    std::string_view fraction = text.substr(seconds);
    fraction = fraction.substr(0, fraction.find('+'));
    moment += fraction.empty() ? std::string_view(".") : fraction;
    moment.resize(seconds + 7, '0');
    return moment + 'Z';
}

columns columns_of(const PGresult* result) {
    const auto& pg = pq();
    columns described;
    std::vector<std::string> names;
    for (int i = 0; i < pg.PQnfields(result); ++i) {
        names.emplace_back(pg.PQfname(result, i));
        described.kinds.push_back(kind_of(pg.PQftype(result, i)));
    }
    described.names = std::make_shared<const std::vector<std::string>>(std::move(names));
    return described;
}

void add_rows(row_set& to, const PGresult* result, const columns& described) {
    const auto& pg = pq();
    const int rows = pg.PQntuples(result), width = static_cast<int>(described.kinds.size());
    to.set_columns(described.names);
    to.reserve(static_cast<std::size_t>(rows));
    for (int row = 0; row < rows; ++row)
        for (int i = 0; i < width; ++i) {
            const auto length = static_cast<std::size_t>(pg.PQgetlength(result, row, i));
            if (length == 0 && pg.PQgetisnull(result, row, i))
                to.add_null();
            else
                add_cell(to, {pg.PQgetvalue(result, row, i), length}, described.kinds[static_cast<std::size_t>(i)]);
        }
}

}  // namespace croft::db::postgres
