#include "work/job_sql.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "croft/clock.hpp"

using namespace croft;
using namespace croft::work;

namespace {

constexpr auto sqlite = db::engine::sqlite, postgres = db::engine::postgres;
const auto when = *parse_time("2026-01-01T00:00Z");

}  // namespace

TEST(job_sql, takes_the_first_jobs_of_a_queue_in_one_statement) {
    const job_sql::claim_of what{"waiting", "mail", "host-1-a", 10, when};
    EXPECT_EQ(job_sql::claim(what, sqlite).sql,
              R"(UPDATE "croft_job" SET "state" = 'running', "worker" = ?1, "attempt" = "attempt" + 1, )"
              R"("started_at" = ?2, "unique_key" = CASE WHEN "unique_waiting" THEN NULL ELSE "unique_key" END )"
              R"(WHERE "id" IN (SELECT "id" FROM "croft_job" WHERE "state" = ?3 AND "queue" = ?4 )"
              R"(ORDER BY "rank", "run_at", "id" LIMIT ?5) )"
              R"(RETURNING "id", "name", "arguments", "version", "attempt", "attempts", "enqueued_at", "rank")");
    EXPECT_EQ(job_sql::claim(what, postgres).sql,
              R"(UPDATE "croft_job" SET "state" = 'running', "worker" = $1, "attempt" = "attempt" + 1, )"
              R"("started_at" = $2, "unique_key" = CASE WHEN "unique_waiting" THEN NULL ELSE "unique_key" END )"
              R"(WHERE "id" = ANY(ARRAY(SELECT "id" FROM "croft_job" WHERE "state" = $3 AND "queue" = $4 )"
              R"(ORDER BY "rank", "run_at", "id" LIMIT $5 FOR UPDATE SKIP LOCKED)) )"
              R"(RETURNING "id", "name", "arguments", "version", "attempt", "attempts", "enqueued_at", "rank")");
}

TEST(job_sql, ends_only_what_the_worker_still_runs) {
    const job_sql::ending done{
        .ids = {3, 4}, .worker = "w", .state = "done", .now = when, .keep = 24h, .run_at = {}, .error = {}};
    EXPECT_EQ(job_sql::end(done, sqlite).sql,
              R"(UPDATE "croft_job" SET "state" = ?1, "error" = ?2, "worker" = '', "finished_at" = ?3, )"
              R"("keep_until" = ?4, "unique_key" = CASE WHEN "unique_until" IS NULL THEN NULL ELSE "unique_key" END, )"
              R"("progress" = 1 WHERE "id" IN (SELECT value FROM json_each(?5)) AND "worker" = ?6 AND )"
              R"("state" = 'running' RETURNING "id")");
    EXPECT_EQ(std::get<std::string>(job_sql::end(done, sqlite).params[4]), "[3,4]");
    const job_sql::ending again{.ids = {3},
                                .worker = "w",
                                .state = "scheduled",
                                .now = when,
                                .run_at = when + 5s,
                                .error = "no",
                                .counts = false};
    EXPECT_EQ(
        job_sql::end(again, postgres).sql,
        R"(UPDATE "croft_job" SET "state" = $1, "error" = $2, "worker" = '', "run_at" = $3, )"
        R"("attempt" = "attempt" - 1 WHERE "id" = ANY(ARRAY(SELECT "id" FROM "croft_job" WHERE )"
        R"("id" = ANY(ARRAY(SELECT value::bigint FROM json_array_elements_text($4::json))) AND "worker" = $5 AND )"
        R"("state" = 'running' ORDER BY "id" FOR NO KEY UPDATE)) RETURNING "id")");
}

TEST(job_sql, enqueues_many_by_one_statement) {
    const job_sql::new_jobs what{.name = "a",
                                 .queue = "default",
                                 .state = "waiting",
                                 .run_at = when,
                                 .arguments = R"(["{}"])",
                                 .unique_key = {},
                                 .unique_until = {},
                                 .enqueued_at = when,
                                 .news = "1 waiting"};
    EXPECT_EQ(job_sql::insert(what, sqlite).sql,
              R"(INSERT INTO "croft_job" ("name", "queue", "state", "rank", "run_at", "arguments", "version", )"
              R"("attempts", "unique_key", "unique_until", "unique_waiting", "enqueued_at") )"
              R"(SELECT ?1, ?2, ?3, ?4, ?5, value, ?7, ?8, ?9, ?10, ?11, ?12 FROM json_each(?6) WHERE true )"
              R"(ON CONFLICT ("unique_key") DO NOTHING RETURNING "id")");
    const auto told = job_sql::insert(what, postgres);  // with the rows, and once however many they are
    EXPECT_THAT(told.sql, testing::StartsWith(R"(WITH made AS (INSERT INTO "croft_job" ()"));
    EXPECT_THAT(told.sql, testing::EndsWith(R"( RETURNING "id") SELECT "id", (SELECT pg_notify($13, $14)) FROM made)"));
    EXPECT_EQ(std::get<std::string>(told.params.at(12)), "croft_job");
    EXPECT_EQ(std::get<std::string>(told.params.at(13)), "1 waiting");
}

TEST(job_sql, promotes_what_is_due_and_on_postgresql_waits_for_nobody) {
    EXPECT_EQ(job_sql::promote(when, sqlite).sql,
              R"(UPDATE "croft_job" SET "state" = 'waiting' WHERE "state" = 'scheduled' AND "run_at" <= ?1)");
    EXPECT_EQ(job_sql::promote(when, postgres).sql,
              R"(UPDATE "croft_job" SET "state" = 'waiting' WHERE "id" = ANY(ARRAY(SELECT "id" FROM "croft_job" )"
              R"(WHERE "state" = 'scheduled' AND "run_at" <= $1 FOR UPDATE SKIP LOCKED)))");
}

TEST(job_sql, what_ran_for_somebody_dead_is_lost_or_dead) {
    EXPECT_EQ(job_sql::lose(3, when, sqlite).sql,
              R"(UPDATE "croft_job" SET "lost" = "lost" + 1, "worker" = '', "error" = ?3, )"
              R"("state" = CASE WHEN "lost" + 1 >= ?1 OR "attempt" >= "attempts" THEN 'dead' ELSE 'lost' END, )"
              R"("finished_at" = CASE WHEN "lost" + 1 >= ?1 OR "attempt" >= "attempts" THEN ?2 ELSE NULL END, )"
              R"("unique_key" = CASE WHEN "lost" + 1 >= ?1 OR "attempt" >= "attempts" THEN )"
              R"(CASE WHEN "unique_until" IS NULL THEN NULL ELSE "unique_key" END ELSE "unique_key" END )"
              R"(WHERE "state" = 'running' AND "worker" NOT IN (SELECT "name" FROM "croft_process") )"
              R"(RETURNING "id", "name", "attempt", "state", "started_at", "lost")");
}
