// A SQLite file with one writer and several readers (write-ahead log). Inside one process nobody ever finds it locked:
// writers take turns before they begin, and readers need no lock.
#pragma once

#include <deque>

#include "db/database.hpp"
#include "db/sqlite/private_file.hpp"
#include "db/sqlite/workers.hpp"

namespace croft::db::sqlite {

/// A thread for transactions that only read: those keep their connection from one statement to the next.
struct snapshot_reader {
    explicit snapshot_reader(const connection_settings& settings) : thread(settings, role::reader, 1) {}
    workers thread;
    semaphore turns{1};
};

/// The threads and what they work on.
struct connections {
    connections(const connection_settings& of, std::unique_ptr<private_file> own);
    ~connections() { stop(); }
    /// The writer goes last: it tidies the log up, and needs to be alone for that.
    void stop() noexcept {
        readers.stop();
        for (auto& one : snapshots) one.thread.stop();
        writer.stop();
    }

    const connection_settings settings;
    std::unique_ptr<private_file> own;  // removed after the threads have ended
    workers writer;
    workers readers;
    std::deque<snapshot_reader> snapshots;  // as many as readers
};

class sqlite_database final : public database {
public:
    sqlite_database(std::string url, connection_settings settings, std::unique_ptr<private_file> own);

    engine kind() const noexcept override { return engine::sqlite; }
    const std::string& url() const noexcept override { return url_; }
    task<> close() override;
    /// Opens the writer's connection.
    task<> connect();

protected:
    task<std::shared_ptr<session>> lease(transaction_options options) override;
    task<std::vector<row_set>> read_outside(std::vector<statement> queries) override;
    std::optional<row_set> read_at_once(const statement& query) noexcept override;
    task<> listen_to(std::string channel) override;
    task<> send_notification(std::string channel, std::string payload) override;

private:
    std::optional<std::vector<row_set>> read_briefly(const std::vector<statement>& queries) noexcept;
    connection& brief();
    task<std::shared_ptr<session>> lease_snapshot(transaction_options options);
    void refuse_when_closed() const;

    std::string url_;
    std::shared_ptr<connections> connections_;  // shared with a thread that closes them
    std::unique_ptr<connection> brief_;  // of the loop's own thread: reads that are over before a thread had woken up
    unsigned brief_reads_ = 0;
    semaphore turns_{1};
    std::size_t next_snapshot_ = 0;
    bool closed_ = false;
};

/// `file` is a path, or ":memory:".
task<std::unique_ptr<database>> open(std::string url, std::string file, options settings);

}  // namespace croft::db::sqlite
