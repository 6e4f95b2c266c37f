// The connection on which a database's notifications arrive: opened when somebody first listens, and again whenever it
// is lost. What was sent meanwhile is gone, so all that listen are then called once, with an empty payload.
#pragma once

#include <set>

#include "db/postgres/connection.hpp"
#include "db/signals.hpp"

namespace croft::db::postgres {

class listener {
public:
    listener(std::shared_ptr<const connection_settings> settings, std::shared_ptr<signals> to)
        : settings_(std::move(settings)), signals_(std::move(to)) {}
    listener(const listener&) = delete;
    listener& operator=(const listener&) = delete;

    /// Waits until the server knows of it, or for options::connect_timeout: an unreachable one is tried on and on.
    task<> listen(std::string channel);
    task<> close();

private:
    task<> run();
    task<> stay_connected(connection* on);
    task<> announce(connection* on);

    std::shared_ptr<const connection_settings> settings_;
    std::shared_ptr<signals> signals_;
    std::set<std::string> channels_, announced_;
    connection* on_ = nullptr;
    event announced_all_;
    bool missing_ = false;
    group tasks_;
};

}  // namespace croft::db::postgres
