#include "db/sqlite/sqlite_database.hpp"

#include <algorithm>

#include "db/sqlite/sqlite_session.hpp"

namespace croft::db::sqlite {

connections::connections(const connection_settings& of, std::unique_ptr<private_file> file)
    : settings(of),
      own(std::move(file)),
      writer(settings, role::writer, 1),
      readers(settings, role::reader, settings.tuning.readers) {
    for (std::size_t i = 0; i < std::max<std::size_t>(1, settings.tuning.readers); ++i)
        snapshots.emplace_back(settings);
}

sqlite_database::sqlite_database(std::string url, connection_settings settings, std::unique_ptr<private_file> own)
    : url_(std::move(url)), connections_(std::make_shared<connections>(settings, std::move(own))) {}

task<> sqlite_database::connect() {
    co_await call(&connections_->writer, [](connection&) {});
}

task<> sqlite_database::close() {
    if (closed_) co_return;
    closed_ = true;
    brief_.reset();
    const auto turn = co_await turns_.acquire();  // the transaction under way comes to its end
    co_await offload([closing = connections_] { closing->stop(); });
}

void sqlite_database::refuse_when_closed() const {
    if (closed_) throw error(url_ + ": the database has been closed");
}

task<std::shared_ptr<session>> sqlite_database::lease(transaction_options options) {
    refuse_when_closed();
    if (options.read_only) co_return co_await lease_snapshot(options);
    auto turn = co_await turns_.acquire();
    refuse_when_closed();
    co_return std::make_shared<sqlite_session>(connections_->writer, std::move(turn), options, url_);
}

/// Beside the writer, on a reader that is free or else the next in turn.
task<std::shared_ptr<session>> sqlite_database::lease_snapshot(transaction_options options) {
    for (auto& reader : connections_->snapshots)
        if (auto turn = reader.turns.acquire(); turn.await_ready())
            co_return std::make_shared<sqlite_session>(reader.thread, turn.await_resume(), options, url_);
    auto& reader = connections_->snapshots[next_snapshot_++ % connections_->snapshots.size()];
    auto turn = co_await reader.turns.acquire();
    refuse_when_closed();
    co_return std::make_shared<sqlite_session>(reader.thread, std::move(turn), options, url_);
}

task<> sqlite_database::listen_to(std::string) { co_return; }

task<> sqlite_database::send_notification(std::string channel, std::string payload) {
    on_commit(
        [to = signals_, channel = std::move(channel), payload = std::move(payload)] { to->deliver(channel, payload); });
    co_return;
}

namespace {

/// Several statements that are to read the same state.
class one_snapshot {
public:
    one_snapshot(connection& by, bool several) : on_(by), needed_(several) {
        if (needed_) on_.control("BEGIN");
    }
    one_snapshot(const one_snapshot&) = delete;
    one_snapshot& operator=(const one_snapshot&) = delete;
    ~one_snapshot() {
        if (!needed_ || !on_.in_transaction()) return;
        try {
            on_.control("COMMIT");  // is less work than ROLLBACK
        } catch (...) {
            on_.rollback();
        }
    }

private:
    connection& on_;
    bool needed_;
};

constexpr unsigned brief_reads_a_turn = 16;

}  // namespace

connection& sqlite_database::brief() {
    if (!brief_ || !brief_->usable()) brief_ = std::make_unique<connection>(connections_->settings, role::reader);
    return *brief_;
}

std::optional<row_set> sqlite_database::read_at_once(const statement& query) noexcept {
    if (closed_ || (brief_reads_ + 1) % brief_reads_a_turn == 0) return std::nullopt;
    try {
        auto answer = brief().run_briefly(query);
        if (answer) ++brief_reads_;
        return answer;
    } catch (...) {
        return std::nullopt;
    }
}

std::optional<std::vector<row_set>> sqlite_database::read_briefly(const std::vector<statement>& queries) noexcept {
    try {
        auto& on = brief();
        const one_snapshot snapshot(on, queries.size() > 1);
        return on.run_briefly(queries);
    } catch (...) {  // whatever it is, a reader's thread meets it too, and says so
        return std::nullopt;
    }
}

task<std::vector<row_set>> sqlite_database::read_outside(std::vector<statement> queries) {
    refuse_when_closed();
    if (auto answers = read_briefly(queries)) {
        if (++brief_reads_ % brief_reads_a_turn == 0) co_await sleep(duration::zero());  // others have their turn
        co_return std::move(*answers);
    }
    co_return co_await call(&connections_->readers, [queries = std::move(queries)](connection& on) {
        const one_snapshot snapshot(on, queries.size() > 1);
        std::vector<row_set> answers;
        answers.reserve(queries.size());
        for (const auto& query : queries) answers.push_back(on.run(query, access::read));
        return answers;
    });
}

task<std::unique_ptr<database>> open(std::string url, std::string file, options settings) {
    std::unique_ptr<private_file> own;
    if (file == ":memory:") {
        own = std::make_unique<private_file>();
        file = own->path();
    } else if (file.starts_with("file:")) {
        file.insert(0, "./");  // a path here, not one of SQLite's own URIs
    }
    const bool is_private = own != nullptr;
    auto opened = std::make_unique<sqlite_database>(
        url, connection_settings{url, std::move(file), settings, is_private}, std::move(own));
    co_await opened->connect();
    co_return std::move(opened);
}

}  // namespace croft::db::sqlite
