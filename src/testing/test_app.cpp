#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>

#include "app/application.hpp"
#include "croft/http_error.hpp"
#include "croft/test.hpp"
#include "runtime/loop.hpp"
#include "work/tables.hpp"

namespace croft {

scripted_upstream& scripted_upstream::answer(std::string request, int status, std::string body,
                                             http::header_list headers) {
    http::response made;
    made.status = status;
    made.headers = std::move(headers);
    if (!made.headers.contains("Content-Type"))
        made.headers.add("Content-Type", body.starts_with('<') ? "text/html; charset=utf-8" : "application/json");
    made.body = std::move(body);
    script_of(request).answers.push_back(std::move(made));
    return *this;
}

scripted_upstream::script& scripted_upstream::script_of(const std::string& request) {
    const auto known = std::ranges::find(scripts_, request, &script::request);
    return known != scripts_.end() ? *known : scripts_.emplace_back(script{.request = request});
}

int scripted_upstream::asked(const std::string& request) const {
    const auto known = std::ranges::find(scripts_, request, &script::request);
    return known != scripts_.end() ? known->asked : 0;
}

http::response scripted_upstream::next(const std::string& request, const std::string& url) {
    auto& script = script_of(request);
    ++script.asked;
    if (script.answers.empty()) {
        if (request.ends_with(" /robots.txt")) return http::response::text(404, "");
        std::string known;
        for (const auto& told : scripts_)
            if (!told.answers.empty()) known += (known.empty() ? "" : ", ") + told.request;
        throw http::connect_error({.method = request.substr(0, request.find(' ')),
                                   .url = url,
                                   .reason = "the test's upstream wasn't told what to answer; it knows: " + known});
    }
    auto made = script.answers[script.place];
    if (script.place + 1 < script.answers.size()) ++script.place;
    made.url = url;
    return made;
}

struct test_app::inside {
    virtual_clock* clock = nullptr;
    std::map<std::string, scripted_upstream> upstreams;
    std::filesystem::path file;
    app::config settings;
    std::optional<app::application> app;
    bool running = false;

    http::response answer(const http::request& ask) {
        for (auto& [base, upstream] : upstreams)
            if (ask.url.starts_with(base)) {
                auto target = ask.url.substr(base.size());
                if (target.empty()) target = "/";
                return upstream.next(ask.method + " " + target, ask.url);
            }
        throw http::connect_error(
            {.method = ask.method, .url = ask.url, .reason = "the test has no upstream() for this address"});
    }
    void forget_files() const {
        for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + end);
    }
};

test_app::test_app(std::string tasks) : inside_(std::make_unique<inside>()) {
    auto* clock = dynamic_cast<virtual_clock*>(&runtime::loop::current().time());
    if (!clock) throw error("test_app needs a virtual clock: use it in a CROFT_TEST");
    static std::atomic<int> count = 0;
    inside_->clock = clock;
    inside_->file = std::filesystem::temp_directory_path() /
                    ("croft-test-" + std::to_string(::getpid()) + "-" + std::to_string(++count) + ".db");
    inside_->forget_files();
    inside_->settings.program = "test";
    inside_->settings.database.value = "sqlite:" + inside_->file.string();
    inside_->settings.tasks.value = std::move(tasks);
}

test_app::~test_app() {
    inside_->app.reset();
    inside_->forget_files();
}

scripted_upstream& test_app::upstream(const std::string& base_url) { return inside_->upstreams[base_url]; }
virtual_clock& test_app::clock() noexcept { return *inside_->clock; }

task<> test_app::start() {
    auto& in = *inside_;
    if (in.running) throw error("test_app: it is running already");
    app::application_options options;
    options.transport = [&in](http::request ask, net::client_limits, std::string) -> task<http::response> {
        return [](inside* owner, http::request asked) -> task<http::response> { co_return owner->answer(asked); }(
                                                          &in, std::move(ask));
    };
    options.poll = 24h;  // nobody else knows of this database
    in.app.emplace(in.settings, std::move(options));
    co_await in.app->open();
    co_await in.app->migrate();
    co_await in.app->schedule();
    co_await in.app->work_on_jobs();
    in.running = true;
}

task<> test_app::stop() {
    if (!std::exchange(inside_->running, false)) co_return;
    co_await inside_->app->stop(0s);
    inside_->app.reset();
}

task<> test_app::settle() { co_await runtime::loop::current().settle(); }

task<> test_app::advance(duration time) {
    auto& loop = runtime::loop::current();
    auto& clock = *inside_->clock;
    const auto target = clock.monotonic() + time;
    for (;;) {
        co_await loop.settle();
        const auto next = loop.next_deadline();
        if (!next || *next > target) break;
        clock.advance(std::max(*next - clock.monotonic(), duration{0}));
    }
    clock.advance(target - clock.monotonic());
    co_await loop.settle();
}

task<> test_app::run(std::string name) {
    auto& loop = runtime::loop::current();
    auto& clock = *inside_->clock;
    runtime::outcome<work::run_outcome> result;
    event done;
    group work;
    work.spawn(runtime::settle_into(inside_->app->tasks().run_now(name), &result, &done));
    for (;;) {  // time passes where the run waits: for a rate limit, a retry, its own sleep
        co_await loop.settle();
        if (done.is_set()) break;
        const auto next = loop.next_deadline();
        if (!next) throw error(name + " waits for something that will never come");
        clock.advance(std::max(*next - clock.monotonic(), duration{0}));
    }
    const auto outcome = result.take();
    if (!outcome.ok()) throw error(name + " " + outcome.outcome + ": " + outcome.error);
}

task<std::vector<test_run>> test_app::runs(std::string name) {
    using work::croft_run;
    std::vector<test_run> found;
    for (auto& run : co_await query<croft_run>().where(f<&croft_run::task> == name).list())
        found.push_back({run.outcome, run.error, run.scheduled_at});
    co_return found;
}

task<json> test_app::graphql(std::string query, json variables) {
    auto answer = co_await inside_->app->graphql().execute({std::move(query), "", std::move(variables)});
    co_return json::parse(answer.body, "the GraphQL answer");
}

namespace testing_kit {

void run_test(test_body body) {
    virtual_clock clock(*parse_time("2026-03-01T00:00:00Z"));
    croft::run(body(), clock);
}

}  // namespace testing_kit

}  // namespace croft
