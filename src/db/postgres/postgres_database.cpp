#include "db/postgres/postgres_database.hpp"

namespace croft::db::postgres {

task<> postgres_database::close() {
    co_await listener_.close();
    co_await connections_.close();
}

task<std::shared_ptr<session>> postgres_database::lease(transaction_options options) {
    co_return std::make_shared<postgres_session>(co_await connections_.acquire(), options, forms_);
}

task<std::unique_ptr<connection>> postgres_database::open_alone() {
    auto on = co_await connections_.connect();
    on->set_writing(true);
    co_return std::move(on);
}

/// Again where the connection turned out to be lost, or a statement prepared on it no longer fits: a read does no harm.
task<std::vector<row_set>> postgres_database::read_outside(std::vector<statement> queries) {
    constexpr int most_tries = 3;
    for (int tries = 1;; ++tries) {
        bool again = false;
        auto answers = co_await read_once(&queries, tries == most_tries, &again);
        if (!again) co_return answers;
    }
}

task<std::vector<row_set>> postgres_database::read_once(const std::vector<statement>* queries, bool last_try,
                                                        bool* again) {
    const auto on = co_await connections_.acquire();
    const bool alone = queries->size() == 1 && queries->front().only_reads;
    try {
        on->begin_trip();  // all see the same state of the database, and none writes
        if (!alone) on->send({"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}, false);
        for (const auto& query : *queries) on->send(query, true);
        if (!alone) on->send({"COMMIT"}, false);
        co_return co_await on->finish();
    } catch (const stale_statement&) {
        on->forget_statements();
        if (last_try) throw;
    } catch (const connection_error&) {
        if (last_try) throw;
    }
    *again = true;
    co_return {};
}

task<> postgres_database::listen_to(std::string channel) { co_await listener_.listen(std::move(channel)); }

task<> postgres_database::send_notification(std::string channel, std::string payload) {
    std::vector<value> params{std::move(channel), std::move(payload)};
    co_await write({"SELECT pg_notify($1, $2)", std::move(params)});
}

task<std::unique_ptr<database>> open(std::string url, options settings) {
    auto opened = std::make_unique<postgres_database>(connection_settings{read_address(url, settings), settings});
    co_await opened->connect();
    co_return std::move(opened);
}

}  // namespace croft::db::postgres
