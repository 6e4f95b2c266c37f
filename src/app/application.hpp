// A running app: its database, its client, its scheduler and its server, put together and taken down in order.
//
//     app::application app(settings);
//     co_await app.start();          // open, migrate, serve, schedule
//     ...
//     co_await app.stop(10s);
//
// The parts can be had one by one (open, migrate, serve, schedule): commands need fewer of them, tests other ones. It
// runs on the clock of its loop. From open() to stop(), the calling task and those it spawns find the database and the
// client as theirs; so one task opens and stops. Destroying it without stop() leaves nothing running either, but waits
// for nothing. Loop thread only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/config.hpp"
#include "db/database.hpp"
#include "graphql/execution/service.hpp"
#include "scrape/client.hpp"
#include "work/scheduler.hpp"
#include "work/worker.hpp"

namespace croft::app {

struct application_options {
    db::options database = {};
    scrape::transport transport = {};  // tests: instead of the network
    duration poll = 1s;                // how often it looks what other processes did to tasks and jobs
};

class application {
public:
    explicit application(config settings, application_options options = {});
    ~application();
    application(const application&) = delete;
    application& operator=(const application&) = delete;

    /// open(), migrate(), serve(), schedule(), work_on_jobs().
    task<> start();

    /// Opens the database and makes the parts that work on it. Throws db::error, config_error.
    task<> open();
    /// The same, but a database that isn't there is a config_error instead of being made, and so is one that lacks what
    /// the models want.
    task<> open_existing();
    /// Brings the database to the models' shape: by the program's migrations or, where it has none, by adding what is
    /// missing. Throws croft::error when that isn't enough, or would lose data.
    task<> migrate();
    /// Answers HTTP from here on. Throws config_error when the address can't be had or isn't allowed.
    task<> serve();
    /// Tasks run by themselves from here on, those that the setting `tasks` names.
    task<> schedule();
    /// Durable jobs are run from here on.
    task<> work_on_jobs();

    /// Serves and starts nothing new, gives what runs up to `grace` to finish, cancels the rest and closes the
    /// database.
    task<> stop(duration grace = 10s);

    const config& settings() const noexcept;
    db::database& database();
    work::scheduler& tasks();
    const graphql::service& graphql();
    /// Where it serves: "http://127.0.0.1:8000", with the real port; empty before serve().
    std::string url() const;

private:
    task<> follow_models();

    struct parts;
    std::unique_ptr<parts> parts_;
};

}  // namespace croft::app
