#include "work/job_sql.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "croft/json.hpp"

namespace croft::work::job_sql {
namespace {

/// Fills in the placeholders: "{1}" is the first parameter. Longer pieces are passed by name.
std::string text(db::engine engine, std::string_view pattern) {
    std::string made;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '@')
            made += engine == db::engine::sqlite ? '?' : '$';
        else
            made += pattern[i];
    }
    return made;
}

std::string list(db::engine engine, int parameter) {
    return engine == db::engine::sqlite
               ? fmt::format("SELECT value FROM json_each(?{})", parameter)
               : fmt::format("SELECT value::bigint FROM json_array_elements_text(${}::json)", parameter);
}

value as_json(const std::vector<std::int64_t>& ids) { return fmt::format("[{}]", fmt::join(ids, ",")); }

/// A time that is a plain parameter of a SELECT has no type on PostgreSQL.
std::string time_at(db::engine engine, int parameter) {
    return engine == db::engine::sqlite ? fmt::format("?{}", parameter) : fmt::format("${}::timestamptz", parameter);
}

constexpr std::string_view key_of_finished = R"(CASE WHEN "unique_until" IS NULL THEN NULL ELSE "unique_key" END)";

}  // namespace

db::statement insert(const new_jobs& what, db::engine engine) {
    const bool sqlite = engine == db::engine::sqlite;
    std::string sql = R"(INSERT INTO "croft_job" ("name", "queue", "state", "rank", "run_at", "arguments", "version",)"
                      R"( "attempts", "unique_key", "unique_until", "unique_waiting", "enqueued_at") SELECT )";
    if (sqlite)
        sql += "?1, ?2, ?3, ?4, ?5, value, ?7, ?8, ?9, ?10, ?11, ?12 FROM json_each(?6) WHERE true";
    else
        sql +=
            "$1::text, $2::text, $3::text, $4::integer, $5::timestamptz, value, $7::integer, $8::integer, $9::text,"
            " $10::timestamptz, $11::boolean, $12::timestamptz FROM json_array_elements_text($6::json)";
    sql += R"( ON CONFLICT ("unique_key") DO NOTHING RETURNING "id")";
    std::vector<value> params{what.name,
                              what.queue,
                              what.state,
                              std::int64_t{what.rank},
                              what.run_at,
                              what.arguments,
                              std::int64_t{what.version},
                              std::int64_t{what.attempts},
                              what.unique_key,
                              what.unique_until,
                              what.unique_waiting,
                              what.enqueued_at};
    if (!sqlite) {  // told in the same trip: once, whatever the number of rows, and when this is committed
        sql = R"(WITH made AS ()" + sql + R"() SELECT "id", (SELECT pg_notify($13, $14)) FROM made)";
        params.insert(params.end(), {std::string(channel), what.news});
    }
    return {std::move(sql), std::move(params)};
}

db::statement free_key(const std::string& key, time_point now, db::engine engine) {
    return {
        text(engine, R"(UPDATE "croft_job" SET "unique_key" = NULL WHERE "unique_key" = @1 AND "unique_until" <= @2)"),
        {key, now}};
}

db::statement promote(time_point now, db::engine engine) {
    if (engine == db::engine::sqlite)
        return {R"(UPDATE "croft_job" SET "state" = 'waiting' WHERE "state" = 'scheduled' AND "run_at" <= ?1)", {now}};
    return {R"(UPDATE "croft_job" SET "state" = 'waiting' WHERE "id" = ANY(ARRAY(SELECT "id" FROM "croft_job")"
            R"( WHERE "state" = 'scheduled' AND "run_at" <= $1 FOR UPDATE SKIP LOCKED)))",
            {now}};
}

db::statement next_due() { return {R"(SELECT min("run_at") FROM "croft_job" WHERE "state" = 'scheduled')"}; }

db::statement claim(const claim_of& what, db::engine engine) {
    const bool sqlite = engine == db::engine::sqlite;
    auto sql =
        text(engine, R"(UPDATE "croft_job" SET "state" = 'running', "worker" = @1, "attempt" = "attempt" + 1,)"
                     R"( "started_at" = @2, "unique_key" = CASE WHEN "unique_waiting" THEN NULL ELSE "unique_key" END)"
                     R"( WHERE "id" )");
    sql += sqlite ? "IN (" : "= ANY(ARRAY(";  // an array is read once: a subquery in IN may be run again, and lock more
    sql += text(engine, R"(SELECT "id" FROM "croft_job" WHERE "state" = @3 AND "queue" = @4)"
                        R"( ORDER BY "rank", "run_at", "id" LIMIT @5)");
    sql += sqlite ? ")" : " FOR UPDATE SKIP LOCKED))";
    sql += R"( RETURNING "id", "name", "arguments", "version", "attempt", "attempts", "enqueued_at", "rank")";
    return {std::move(sql), {what.worker, what.now, what.state, what.queue, what.limit}};
}

db::statement end(const ending& what, db::engine engine) {
    const bool finished = what.state == "done" || what.state == "cancelled" || what.state == "dead";
    std::string sql = text(engine, R"(UPDATE "croft_job" SET "state" = @1, "error" = @2, "worker" = '')");
    std::vector<value> params{what.state, what.error};
    const auto bind = [&](value v) {
        params.push_back(std::move(v));
        return static_cast<int>(params.size());
    };
    const auto place = [&](int n) { return text(engine, fmt::format("@{}", n)); };
    if (finished) {
        sql += fmt::format(R"(, "finished_at" = {}, "keep_until" = {}, "unique_key" = {})", place(bind(what.now)),
                           place(bind(what.now + what.keep)), key_of_finished);
        if (what.state == "done") sql += R"(, "progress" = 1)";
    } else {
        sql += fmt::format(R"(, "run_at" = {})", place(bind(what.run_at)));
    }
    if (!what.counts) sql += R"(, "attempt" = "attempt" - 1)";
    const int ids = bind(as_json(what.ids));
    const auto given = list(engine, ids);
    const auto mine = fmt::format(R"("worker" = {} AND "state" = 'running')", place(bind(what.worker)));
    // Locked in the order of the ids, as whoever enqueues jobs after these locks them.
    if (engine == db::engine::postgres)
        sql += fmt::format(R"( WHERE "id" = ANY(ARRAY(SELECT "id" FROM "croft_job" WHERE "id" = ANY(ARRAY({})))"
                           R"( AND {} ORDER BY "id" FOR NO KEY UPDATE)))",
                           given, mine);
    else
        sql += fmt::format(R"( WHERE "id" IN ({}) AND {})", given, mine);
    sql += R"( RETURNING "id")";
    return {std::move(sql), std::move(params)};
}

db::statement begin_log(const logged& what, db::engine engine) {
    const bool sqlite = engine == db::engine::sqlite;
    // A job that was begun later than this attempt is in another one.
    std::string sql = R"(INSERT INTO "croft_job_attempt" ("job", "attempt", "outcome", "started_at", "log", "process"))"
                      R"( SELECT "id", )";
    sql += sqlite ? "?2, 'running', ?3, ?4, ?5" : "$2::integer, 'running', $3::timestamptz, $4::text, $5::text";
    sql += text(engine, R"( FROM "croft_job" WHERE "id" = @1 AND "worker" = @5 AND "state" = 'running')"
                        R"( AND "started_at" <= @3 AND NOT EXISTS (SELECT 1 FROM "croft_job_attempt")"
                        R"( WHERE "job" = @1 AND "process" = @5 AND "started_at" = @3))");
    if (!sqlite) sql += " FOR SHARE SKIP LOCKED";
    return {std::move(sql), {what.job, std::int64_t{what.attempt}, what.started_at, what.log, what.process}};
}

db::statement lose(int most, time_point now, db::engine engine) {
    constexpr std::string_view is_dead = R"("lost" + 1 >= @1 OR "attempt" >= "attempts")";
    return {text(engine,
                 fmt::format(R"(UPDATE "croft_job" SET "lost" = "lost" + 1, "worker" = '', "error" = @3,)"
                             R"( "state" = CASE WHEN {0} THEN 'dead' ELSE 'lost' END,)"
                             R"( "finished_at" = CASE WHEN {0} THEN {2} ELSE NULL END,)"
                             R"( "unique_key" = CASE WHEN {0} THEN {1} ELSE "unique_key" END)"
                             R"( WHERE "state" = 'running' AND "worker" NOT IN (SELECT "name" FROM "croft_process"))"
                             R"( RETURNING "id", "name", "attempt", "state", "started_at", "lost")",
                             is_dead, key_of_finished, time_at(engine, 2))),
            {std::int64_t{most}, now, std::string("its process ended while it ran")}};
}

db::statement any_lost() {
    return {R"(SELECT 1 FROM "croft_job" WHERE "state" = 'lost' OR ("state" = 'running' AND)"
            R"( "worker" NOT IN (SELECT "name" FROM "croft_process")) LIMIT 1)"};
}

db::statement still_ours(const std::string& worker, db::engine engine) {
    return {text(engine, R"(SELECT "id" FROM "croft_job" WHERE "state" = 'running' AND "worker" = @1)"), {worker}};
}

db::statement waiting_for(const std::vector<std::int64_t>& ids, db::engine engine) {
    return {fmt::format(R"(SELECT DISTINCT "job" FROM "croft_job_wait" WHERE "awaits" IN ({}))", list(engine, 1)),
            {as_json(ids)}};
}

db::statement forget_waits(const std::vector<std::int64_t>& ids, db::engine engine) {
    return {fmt::format(R"(DELETE FROM "croft_job_wait" WHERE "awaits" IN ({}))", list(engine, 1)), {as_json(ids)}};
}

db::statement release(const std::vector<std::int64_t>& ids, db::engine engine) {
    return {fmt::format(R"(UPDATE "croft_job" SET "state" = 'scheduled' WHERE "state" = 'held' AND "id" IN ({}))"
                        R"( AND NOT EXISTS (SELECT 1 FROM "croft_job_wait" WHERE "job" = "croft_job"."id"))",
                        list(engine, 1)),
            {as_json(ids)}};
}

db::statement prune(time_point now, int limit, db::engine engine) {
    return {text(engine, R"(DELETE FROM "croft_job" WHERE "id" IN (SELECT "id" FROM "croft_job" WHERE "state" IN)"
                         R"( ('done', 'cancelled') AND "run_at" < @1 AND "keep_until" < @1 LIMIT @2))"),
            {now, std::int64_t{limit}}};
}

}  // namespace croft::work::job_sql
