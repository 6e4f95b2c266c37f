// A PostgreSQL database behind a pool of connections.
#pragma once

#include "db/postgres/listener.hpp"
#include "db/postgres/postgres_session.hpp"

namespace croft::db::postgres {

class postgres_database final : public database {
public:
    explicit postgres_database(connection_settings settings)
        : connections_(std::move(settings)),
          forms_(std::make_shared<batch_forms>()),
          listener_(connections_.settings(), signals_) {}

    engine kind() const noexcept override { return engine::postgres; }
    const std::string& url() const noexcept override { return connections_.name(); }
    task<> close() override;
    task<> connect() { return connections_.start(); }
    /// A connection for what can't stand in a transaction (CREATE INDEX CONCURRENTLY). It may write, and is none of the
    /// pool's, so that those stay for what has to be asked meanwhile, even where there is only one.
    task<std::unique_ptr<connection>> open_alone();

protected:
    task<std::shared_ptr<session>> lease(transaction_options options) override;
    task<std::vector<row_set>> read_outside(std::vector<statement> queries) override;
    task<> listen_to(std::string channel) override;
    task<> send_notification(std::string channel, std::string payload) override;

private:
    task<std::vector<row_set>> read_once(const std::vector<statement>* queries, bool last_try, bool* again);

    pool connections_;
    std::shared_ptr<batch_forms> forms_;
    listener listener_;
};

task<std::unique_ptr<database>> open(std::string url, options settings);

}  // namespace croft::db::postgres
