// Group commit. SQLite's own FULL mode waits for the disk in each COMMIT, and all other writers with it. Here the
// writer goes on while this thread waits for the disk (fdatasync of the write-ahead log), once for all that was
// committed until then; who wrote it goes on afterwards. So nobody is told of a commit that a power cut could still
// take away, but others may have read it a moment before. What a checkpoint writes into the database itself, SQLite has
// brought to the disk before, as log (https://sqlite.org/pragma.html#pragma_synchronous, NORMAL).
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "db/sqlite/job.hpp"

namespace croft::db::sqlite {

class log_syncer {
public:
    /// `name`: the database's, for messages.
    log_syncer(runtime::loop& loop, std::string name);
    log_syncer(const log_syncer&) = delete;
    log_syncer& operator=(const log_syncer&) = delete;
    /// Brings to the disk what was given, then ends the thread.
    ~log_syncer();

    /// The writer's thread: finishes the job, whose work was committed to the log in `file`, once that is on the disk;
    /// with a storage_error when the disk refuses. A disk that did so once isn't trusted again.
    void add(std::shared_ptr<job> committed, const std::string& file);

private:
    void serve();
    void sync(const std::string& file);

    runtime::loop& loop_;
    const std::string name_;
    std::mutex lock_;
    std::condition_variable wake_;
    std::vector<std::shared_ptr<job>> waiting_;  // under lock_, as the next two
    std::string file_;
    bool stopping_ = false;
    std::atomic<bool> has_work_ = false;  // jobs that wait, or stopping: for a look without the lock
    int open_file_ = -1;                  // the thread's own, as the next one
    std::exception_ptr untrusted_;        // why nothing is believed any more
    std::thread thread_;
};

}  // namespace croft::db::sqlite
