#include "app/application.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <malloc.h>
#include <sys/stat.h>

#include <random>

#include "app/app_tasks.hpp"
#include "app/routes.hpp"
#include "app/wanted_schema.hpp"
#include "croft/log.hpp"
#include "history/history.hpp"
#include "migrate/settled.hpp"
#include "model/rollup/rollup.hpp"
#include "net/http_server.hpp"
#include "net/listen_address.hpp"
#include "runtime/loop.hpp"

namespace croft::app {

/// In the order in which they are made; they go the other way round: what uses something ends before it.
struct application::parts {
    config settings;
    application_options options;
    std::unique_ptr<db::database> database;
    std::optional<runtime::scoped_local<db::database*>> database_here;
    std::optional<scrape::client> client;
    std::optional<runtime::scoped_local<scrape::client*>> client_here;
    std::optional<graphql::service> graphql;
    std::optional<work::scheduler> tasks;
    std::optional<work::worker> jobs;
    bool scheduling = false, working = false;
    std::optional<net::http_server> server;
    std::string url;
    group background;
};

namespace {

scrape::client_settings client_settings(const config& settings, const scrape::transport& transport) {
    return {.lookup = [&settings](std::string_view site) { return settings.site_url(site); },
            .log = [](std::string line) { log::warn("{}", line); },
            .send = transport,
            .seed = std::random_device{}()};
}

/// Which build of the program this is: when its file was written. Kept with each run.
std::string program_version() {
    struct stat file{};
    if (stat("/proc/self/exe", &file) != 0) return {};
    return to_text(time_point(std::chrono::seconds(file.st_mtime))).substr(0, 19) + "Z";
}

/// "http://127.0.0.1:8000": what an address is reached under from this machine.
std::string url_of(const std::string& listen, std::uint16_t port) {
    auto address = net::parse_listen_address(listen);
    address.port(port);
    return "http://" + net::to_text(address);
}

}  // namespace

application::application(config settings, application_options options)
    : parts_(std::make_unique<parts>(std::move(settings), std::move(options))) {}

application::~application() = default;

task<> application::start() {
    co_await open();
    co_await migrate();
    co_await serve();
    co_await schedule();
    co_await work_on_jobs();
}

task<> application::open() {
    auto& p = *parts_;
    auto tuning = p.options.database;
    if (p.settings.synchronous.value == "normal") tuning.survive_power_cut = false;
    p.database = co_await db::database::open(p.settings.database.value, tuning);
    p.database_here.emplace(&runtime::inherited::database, p.database.get());
    p.client.emplace(client_settings(p.settings, p.options.transport));
    p.client_here.emplace(&runtime::inherited::client, &*p.client);
    p.graphql.emplace();
    p.tasks.emplace(*p.database, app_tasks(),
                    work::scheduler_options{
                        .patterns = p.settings.tasks.value, .poll = p.options.poll, .version = program_version()});
    p.jobs.emplace(*p.database, work::check_jobs(), work::worker_options{.poll = p.options.poll});
}

task<> application::open_existing() {
    const auto& url = parts_->settings.database.value;
    const auto& program = parts_->settings.program;
    if (!database_exists(url))
        throw config_error(fmt::format("{}: there is no database yet; {} migrate makes it", url, program));
    co_await open();
    if (!co_await migrations::is_settled(&database(), co_await migrations::settlement(&database()))) {
        const auto wanted = wanted_schema();
        const auto left = co_await migrations::look(&database(), &wanted, &program_migrations(), {});
        if (!left.done())
            throw config_error(fmt::format("{}: the database isn't in the models' shape: see {} migrate --plan",
                                           database().url(), program));
    }
    history::attach(database());
}

task<> application::migrate() {
    if (!co_await migrations::is_settled(&database(), co_await migrations::settlement(&database()))) {
        co_await follow_models();
        co_await migrations::settle(&database(), co_await migrations::settlement(&database()));
    }
    history::attach(database());  // not before: its table may be among the steps
    co_await rollup::rebuild_new();
}

task<> application::follow_models() {
    const auto wanted = wanted_schema();
    const auto done =
        co_await migrations::migrate(&database(), &wanted, &program_migrations(), {.may = migrations::losing::nothing});
    if (!done.unsaid.empty())
        throw error(fmt::format("the models differ from the migrations: {}; {} makemigrations writes what is missing",
                                fmt::join(done.unsaid, "; "), parts_->settings.program));
    malloc_trim(0);  // what the comparison took isn't needed again
}

task<> application::serve() {
    auto& p = *parts_;
    require_allowed_address(p.settings);
    p.server.emplace([this](http::request ask) { return answer(this, std::move(ask)); });
    p.server->on_error([](std::string line) { log::error("{}", line); });
    p.server->listen(p.settings.listen.value);
    p.url = url_of(p.settings.listen.value, p.server->port());
    co_return;
}

task<> application::schedule() {
    parts_->background.spawn(parts_->tasks->run());
    parts_->scheduling = true;
    co_return;
}

task<> application::work_on_jobs() {
    parts_->background.spawn(parts_->jobs->run());
    parts_->working = true;
    co_return;
}

task<> application::stop(duration grace) {
    auto& p = *parts_;
    group ending;  // both at once: they share the time
    if (p.server) ending.spawn(p.server->stop(grace));
    if (p.scheduling) ending.spawn(p.tasks->stop(grace));
    if (p.working) ending.spawn(p.jobs->stop(grace));
    co_await ending.wait();
    co_await p.background.wait();
    p.server.reset();
    p.jobs.reset();
    p.tasks.reset();
    p.graphql.reset();
    p.client_here.reset();
    p.client.reset();
    if (p.database) co_await p.database->close();
    p.database_here.reset();
    p.database.reset();
}

const config& application::settings() const noexcept { return parts_->settings; }
db::database& application::database() { return *parts_->database; }
work::scheduler& application::tasks() { return *parts_->tasks; }
const graphql::service& application::graphql() { return *parts_->graphql; }
std::string application::url() const { return parts_->url; }

}  // namespace croft::app
