#include "db/sqlite/sqlite_database.hpp"

#include "db/sqlite/sqlite_session.hpp"

namespace croft::db::sqlite {

connections::connections(const connection_settings& settings, std::unique_ptr<private_file> file)
    : own(std::move(file)),
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

task<std::vector<row_set>> sqlite_database::read_outside(std::vector<statement> queries) {
    refuse_when_closed();
    return call(&connections_->readers, [queries = std::move(queries)](connection& on) {
        struct one_snapshot {
            connection& on;
            bool needed;
            one_snapshot(connection& by, bool several) : on(by), needed(several) {
                if (needed) on.control("BEGIN");
            }
            ~one_snapshot() {
                if (needed) on.rollback();
            }
        } const snapshot(on, queries.size() > 1);
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
