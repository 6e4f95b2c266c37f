#include "db/postgres/failure.hpp"

#include <fmt/format.h>

#include "croft/error.hpp"
#include "db/message.hpp"

namespace croft::db::postgres {
namespace {

std::string_view field(const PGresult* result, int which) {
    const char* const text = pq().PQresultErrorField(result, which);
    return text ? std::string_view(text) : std::string_view();
}

/// The columns in "Key (a, b)=(1, 2) already exists.", whatever the server's language.
std::string columns_in(std::string_view detail, std::string_view table) {
    const auto end = detail.find(")=(");
    const auto start = detail.find('(');
    if (end == detail.npos || start >= end) return {};
    std::string names;
    std::string_view list = detail.substr(start + 1, end - start - 1);
    while (!list.empty()) {
        const auto comma = list.find(", ");
        auto one = list.substr(0, comma);
        if (one.size() > 2 && one.front() == '"' && one.back() == '"') one = one.substr(1, one.size() - 2);
        names += fmt::format("{}{}.{}", names.empty() ? "" : ", ", table, one);
        list = comma == list.npos ? std::string_view() : list.substr(comma + 2);
    }
    return names;
}

/// What a broken constraint is about: its columns where they can be told, else its name.
std::string subject_of(std::string_view state, const PGresult* result) {
    const auto table = field(result, PG_DIAG_TABLE_NAME);
    if (state == "23502") return fmt::format("{}.{}", table, field(result, PG_DIAG_COLUMN_NAME));
    std::string columns;
    if (state == "23505") columns = columns_in(field(result, PG_DIAG_MESSAGE_DETAIL), table);
    return columns.empty() ? std::string(field(result, PG_DIAG_CONSTRAINT_NAME)) : columns;
}

constraint kind_of(std::string_view state) {
    if (state == "23505") return constraint::unique;
    if (state == "23502") return constraint::not_null;
    if (state == "23503") return constraint::foreign_key;
    return state == "23514" ? constraint::check : constraint::other;
}

std::string sentence(const PGresult* result, const place& where) {
    auto message = field(result, PG_DIAG_MESSAGE_PRIMARY);
    std::string text = message.empty() ? where.database + ": " + one_line_of(pq().PQresultErrorMessage(result))
                                       : fmt::format("{}: {}", where.database, message);
    for (auto which : {PG_DIAG_MESSAGE_DETAIL, PG_DIAG_MESSAGE_HINT})
        if (const auto more = field(result, which); !more.empty()) text += fmt::format("; {}", more);
    const auto state = field(result, PG_DIAG_SQLSTATE);
    if (state == "23505") text += fmt::format("; it is about {}", subject_of(state, result));
    if (state == "25006") text += "; read() was given a statement that writes: use write()";
    if (state == "42601" && message.contains("prepared statement"))
        text += "; several statements where one was expected: use script()";
    if (!where.sql.empty()) text += fmt::format("; in: {}", shortened(where.sql));
    return text;
}

bool is_stale(std::string_view state, const PGresult* result) {
    return state == "26000" || (state == "0A000" && field(result, PG_DIAG_SOURCE_FUNCTION) == "RevalidateCachedQuery");
}

}  // namespace

std::string one_line_of(const char* message) {
    std::string text;
    for (const char* c = message; c && *c; ++c) text += *c == '\n' || *c == '\t' ? ' ' : *c;
    while (text.ends_with(' ')) text.pop_back();
    return text;
}

void fail(const PGresult* result, const place& where) {
    const auto state = field(result, PG_DIAG_SQLSTATE);
    const auto text = sentence(result, where);
    const auto kind = state.substr(0, 2);
    if (kind == "23") throw constraint_error(text, kind_of(state), subject_of(state, result));
    if (state == "40001") throw conflict_error(text, conflict::serialization);
    if (state == "40P01") throw conflict_error(text, conflict::deadlock);
    if (state == "57014") throw timeout_error(text);
    if (state == "55P03") throw busy_error(text);
    if (state == "21000" && where.sql.contains(" ON CONFLICT ")) throw row_twice(text);
    if (is_stale(state, result)) throw stale_statement(text);
    if (kind == "40" || state == "25P02") throw transaction_error(text);
    if (state == "08P01") throw statement_error(text);  // as a rule: too few or too many parameters
    if (kind == "08" || state.starts_with("57P") || state.empty()) throw connection_error(text);
    if (kind == "53" || kind == "58" || kind == "XX" || kind == "28" || kind == "3D") throw storage_error(text);
    throw statement_error(text);
}

void fail_connection(const PGconn* connection, const std::string& database) {
    auto message = one_line_of(connection ? pq().PQerrorMessage(connection) : "out of memory");
    throw connection_error(database + ": " + (message.empty() ? "the connection was lost" : message));
}

}  // namespace croft::db::postgres
