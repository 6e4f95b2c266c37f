// The statements of durable jobs that are more than the query builder can say. Text for each engine; lists of ids go in
// as one JSON array, so that a statement stays prepared however many there are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "croft/value.hpp"
#include "db/database.hpp"

namespace croft::work::job_sql {

/// Where workers of other processes hear that there is something to do (PostgreSQL's NOTIFY).
inline constexpr std::string_view channel = "croft_job";

/// One row a text of the array `arguments`, all the same otherwise. Gives the new ids, in order; none where the key is
/// taken. Tells `news` on the channel, where there are other processes to hear it.
struct new_jobs {
    std::string name, queue, state;
    int rank = 0;
    time_point run_at{};
    std::string arguments;  // a JSON array of texts
    int version = 1, attempts = 1;
    value unique_key, unique_until;
    bool unique_waiting = false;
    time_point enqueued_at{};
    std::string news;
};
db::statement insert(const new_jobs& what, db::engine engine);
/// Keys whose time is over are free again.
db::statement free_key(const std::string& key, time_point now, db::engine engine);

/// What is due now waits for a place.
db::statement promote(time_point now, db::engine engine);
/// When the next one is due: one cell, null when none is.
db::statement next_due();

struct claim_of {
    std::string state;  // waiting or lost
    std::string queue, worker;
    std::int64_t limit = 0;
    time_point now{};
};
/// Takes the first `limit` jobs of a queue. Rows: id, name, arguments, version, attempt, attempts, enqueued_at, rank.
db::statement claim(const claim_of& what, db::engine engine);

/// How an attempt ended, for jobs with these ids that `worker` still runs.
struct ending {
    std::vector<std::int64_t> ids;
    std::string worker;
    std::string state;  // done, cancelled, dead, or scheduled or waiting when there is a further attempt
    time_point now{};
    duration keep{};      // for those that are finished
    time_point run_at{};  // for scheduled
    std::string error;
    bool counts = true;  // false: it wasn't an attempt
};
/// Rows: the ids that it was true for.
db::statement end(const ending& what, db::engine engine);

/// An attempt's first row, while `process` runs it: with its log so far. Skips a job whose row is locked.
struct logged {
    std::int64_t job = 0;
    int attempt = 1;
    time_point started_at{};
    std::string log, process;
};
db::statement begin_log(const logged& what, db::engine engine);

/// Whatever runs in the name of somebody who isn't alive is lost; or dead, when that happened `most` times or was its
/// last attempt. Rows: id, name, attempt, state, lost.
db::statement lose(int most, time_point now, db::engine engine);
/// Whether lose() would find any: a row when it would.
db::statement any_lost();

/// Of these jobs, those that `worker` doesn't run any more. Rows: id.
db::statement still_ours(const std::string& worker, db::engine engine);

/// Ids of held jobs that wait for one of these.
db::statement waiting_for(const std::vector<std::int64_t>& ids, db::engine engine);
/// These are done: nobody waits for them any more.
db::statement forget_waits(const std::vector<std::int64_t>& ids, db::engine engine);
/// Those of these that are held and wait for nothing any more become scheduled.
db::statement release(const std::vector<std::int64_t>& ids, db::engine engine);

/// Deletes up to `limit` finished jobs that needn't be kept longer.
db::statement prune(time_point now, int limit, db::engine engine);

}  // namespace croft::work::job_sql
