#include "scrape/client.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "croft/every.hpp"
#include "net/redirect.hpp"
#include "runtime/loop.hpp"
#include "scrape/archive.hpp"
#include "scrape/backoff.hpp"
#include "scrape/errand.hpp"
#include "scrape/host.hpp"
#include "scrape/host_gate.hpp"
#include "scrape/retry_after.hpp"
#include "scrape/robots_book.hpp"

namespace croft::scrape {

namespace {

constexpr duration all_tries = 2min;
constexpr int redirects_at_most = 10, robots_redirects = 5;  // the latter: RFC 9309 §2.3.1.2
constexpr std::size_t robots_bytes = std::size_t{4} << 20;

duration monotonic() { return runtime::loop::current().time().monotonic(); }

/// The source may well answer otherwise when asked again.
bool is_passing(int status) noexcept {
    return status == 408 || status == 425 || status == 429 || status == 500 || status == 502 || status == 503 ||
           status == 504;
}

http::failure_facts facts_of(const http::request& ask, std::string reason) {
    return {
        .method = ask.method, .url = net::without_password(ask.url), .reason = std::move(reason), .retry_after = {}};
}

/// What a try came to: an answer, or a failure.
struct outcome {
    std::optional<http::response> reply;
    std::exception_ptr failure;
    http::failure_facts facts;
};

/// Throws `failure` again, as what it is, with what is known by now.
[[noreturn]] void fail(const std::exception_ptr& failure, http::failure_facts facts) {
    try {
        std::rethrow_exception(failure);
    } catch (const http::connect_error&) {
        throw http::connect_error(std::move(facts));
    } catch (const http::timeout&) {
        throw http::timeout(std::move(facts));
    } catch (const http::body_error&) {
        throw http::body_error(std::move(facts));
    } catch (const http::robots_error&) {
        throw http::robots_error(std::move(facts));
    } catch (const http::error&) {
        throw http::error(std::move(facts));
    }
}

}  // namespace

class client::engine {
public:
    explicit engine(client_settings settings)
        : settings_(std::move(settings)), backoff_(settings_.seed), archive_([this](std::string line) { log(line); }) {
        if (!settings_.send)
            settings_.send = [this](http::request ask, net::client_limits limits, std::string jar) {
                return network_.send(std::move(ask), limits, std::move(jar));
            };
    }

    const std::map<std::string, host_stats>& stats() const noexcept { return stats_; }

    task<http::answer> send(const http::site* site, http::request ask, http::request_options options) {
        auto base = settings_.lookup ? settings_.lookup(site->name()) : std::nullopt;
        errand job = prepare(*site, base.value_or(site->base_url()), std::move(ask), std::move(options));
        fetch_record record{.site = site->name(),
                            .url = job.ask.url,
                            .method = job.ask.method,
                            .requested_at = now(),
                            .error = {},
                            .run = settings_.run ? settings_.run() : std::nullopt};
        auto kept = co_await remember(&job);
        const auto began = monotonic();
        auto content = std::make_shared<http::answer::state>();
        content->method = job.ask.method;
        auto last = co_await try_until_done(&job, content.get());
        if (last.reply && last.reply->status == 304 && kept) {
            auto body = co_await archive_.body(kept->payload);
            if (body) {
                use_kept(*content, *last.reply, *kept, std::move(*body));
                ++stats_[host_key(job.url)].not_modified;
            } else {  // lost meanwhile
                kept.reset();
                job.ask.headers.erase("if-none-match");
                job.ask.headers.erase("if-modified-since");
                last = co_await try_until_done(&job, content.get());
            }
        }
        record.took = monotonic() - began;
        if (!last.reply) {
            ++stats_[host_key(job.url)].failures;
            record.error = last.facts.reason;
            if (job.site->options().archive) co_await archive_.keep(std::move(record), nullptr, false);
            fail(last.failure, std::move(last.facts));
        }
        if (!content->not_modified) content->reply = std::move(*last.reply);
        const bool worth_keeping = content->reply.status == 200 && job.may_be_kept() && !content->not_modified;
        if (job.site->options().archive)
            content->payload = co_await archive_.keep(std::move(record), content, worth_keeping);
        co_return http::answer(std::move(content));
    }

private:
    void log(const std::string& line) const {
        if (settings_.log) settings_.log(line);
    }

    // The answer from before

    task<std::optional<kept_answer>> remember(errand* job) {
        if (!job->may_be_kept() || job->options.no_cache) co_return std::nullopt;
        if (job->ask.headers.contains("if-none-match") || job->ask.headers.contains("if-modified-since"))
            co_return std::nullopt;
        auto kept = co_await archive_.find(job->site->name(), job->ask.url);
        if (!kept || (kept->etag.empty() && kept->last_modified.empty())) co_return std::nullopt;
        if (!kept->etag.empty()) job->ask.headers.set("If-None-Match", kept->etag);
        if (!kept->last_modified.empty()) job->ask.headers.set("If-Modified-Since", kept->last_modified);
        co_return kept;
    }

    static void use_kept(http::answer::state& content, http::response& reply, const kept_answer& kept,
                         std::string body) {
        const auto fill_in = [&](const char* name, const std::string& value) {
            if (!reply.headers.contains(name) && !value.empty()) reply.headers.add(name, value);
        };
        fill_in("ETag", kept.etag);
        fill_in("Last-Modified", kept.last_modified);
        fill_in("Content-Type", kept.content_type);
        content.reply = std::move(reply);
        content.reply.status = 200;
        content.reply.body = std::move(body);
        content.not_modified = true;
        content.payload = kept.payload;
    }

    // Trying

    task<outcome> try_until_done(errand* job, http::answer::state* content) {
        for (int tries = 1;; ++tries) {
            outcome last = co_await try_once(job);
            last.facts.tries = content->tries = tries;
            const auto wanted = last.reply ? retry_after(*last.reply, now()) : last.facts.retry_after;
            content->retry_after = last.facts.retry_after = wanted;
            const bool passing = last.reply ? is_passing(last.reply->status) : last.facts.repeatable;
            if (!passing || !job->may_repeat() || tries >= job->tries) co_return last;
            const auto pause = wanted.value_or(backoff_.after(tries));
            if (monotonic() + pause > job->give_up_at.value_or(monotonic() + all_tries)) {
                if (wanted && last.reply) last = come_again_later(*job, last);
                co_return last;
            }
            ++stats_[host_key(job->url)].retries;
            co_await sleep(pause);
        }
    }

    /// The host wants to be left alone for longer than we are willing to wait here: whoever asked decides.
    static outcome come_again_later(const errand& job, const outcome& last) {
        auto facts = facts_of(job.ask, fmt::format("{} {}, the host wants to be left alone for {} s",
                                                   last.reply->status, http::reason_phrase(last.reply->status),
                                                   last.facts.retry_after.value_or(duration{}) / 1s));
        facts.tries = last.facts.tries;
        facts.repeatable = true;
        facts.retry_after = last.facts.retry_after;
        return {.reply = {}, .failure = std::make_exception_ptr(http::error(facts)), .facts = std::move(facts)};
    }

    task<outcome> try_once(errand* job) {
        try {
            outcome done;
            done.reply = co_await follow(job);
            co_return done;
        } catch (const http::error& e) {
            co_return outcome{.reply = {}, .failure = std::current_exception(), .facts = e.facts()};
        }
    }

    task<http::response> follow(errand* job) {
        http::request ask = job->ask;
        for (int hop = 0;; ++hop) {
            const bool obey = job->site->options().robots == http::robots::obey;
            auto reply = co_await visit(job, ask, obey);
            auto next = job->options.follow_redirects ? net::redirected(ask, reply) : std::nullopt;
            if (!next) co_return reply;
            if (hop == redirects_at_most)
                throw http::error(facts_of(job->ask, fmt::format("more than {} redirects", redirects_at_most)));
            ask = std::move(*next);
            ask.headers.erase("if-none-match");  // these belong to the first URL
            ask.headers.erase("if-modified-since");
        }
    }

    /// One request to one host, when it is its turn.
    task<http::response> visit(errand* job, http::request ask, bool obey_robots) {
        const auto url = text::url::parse(ask.url);
        auto spacing = spacing_for(url, job->site->options());
        if (obey_robots) {
            const auto rules = co_await robots_.rules(
                url.origin(), [this, job](std::string where) { return fetch_robots(job, std::move(where)); });
            if (!rules->allowed(job->agent, ask.url))
                throw http::robots_error(facts_of(ask, "the site's robots.txt forbids it"));
            spacing = std::max<duration>(spacing, rules->crawl_delay(job->agent).value_or(0ms));
        }
        auto& gate = gate_of(url, job->site->options());
        const auto patience = job->give_up_at ? std::max(*job->give_up_at - monotonic(), duration{}) : all_tries;
        auto place = co_await gate.enter(patience, spacing);
        if (!place) {
            auto facts = facts_of(ask, fmt::format("the host wants to be left alone for {} s", place.error() / 1s));
            facts.repeatable = true;
            facts.retry_after = place.error();
            throw http::error(std::move(facts));
        }
        if (!job->give_up_at) job->give_up_at = monotonic() + all_tries;
        ++stats_[host_key(url)].requests;
        count_for_run({.requests = 1});
        const auto where = ask.url;
        auto reply = co_await settings_.send(std::move(ask), job->limits, job->site->name());
        if (reply.url.empty()) reply.url = where;
        stats_[host_key(url)].bytes += reply.body.size();
        count_for_run({.bytes = static_cast<std::int64_t>(reply.body.size())});
        take_note(gate, url, reply);
        co_return reply;
    }

    void take_note(host_gate& gate, const text::url& url, const http::response& reply) {
        const bool overrun = reply.status == 429 || reply.status == 503;
        const auto wanted = overrun ? retry_after(reply, now()) : std::nullopt;
        if (wanted) {
            gate.pause(*wanted);
            log(fmt::format("{} answered {} and wants to be left alone for {} s", host_key(url), reply.status,
                            *wanted / 1s));
        }
        if (reply.status == 429 || wanted)
            gate.too_fast();
        else if (reply.status < 500)
            gate.went_well();
    }

    task<http::response> fetch_robots(errand* job, std::string url) {
        http::request ask{.method = "GET", .url = std::move(url), .headers = {{"User-Agent", job->agent}}};
        for (int hop = 0;; ++hop) {
            errand plain{.site = job->site,
                         .ask = ask,
                         .url = job->url,
                         .options = {},
                         .limits = job->limits,
                         .agent = job->agent,
                         .give_up_at = job->give_up_at};
            plain.limits.max_body = robots_bytes;
            auto reply = co_await visit(&plain, ask, false);
            auto next = net::redirected(ask, reply);
            if (!next || hop == robots_redirects) co_return reply;
            ask = std::move(*next);
        }
    }

    /// Of several sites on one host the first that asks sets how many requests it takes at once.
    host_gate& gate_of(const text::url& url, const http::site_options& options) {
        return gates_.try_emplace(host_key(url), options.concurrency).first->second;
    }

    client_settings settings_;
    net::http_client network_;
    std::map<std::string, host_gate> gates_;
    std::map<std::string, host_stats> stats_;
    robots_book robots_;
    backoff backoff_;
    archive archive_;
};

client::client(client_settings settings) : engine_(std::make_unique<engine>(std::move(settings))) {}
client::~client() = default;

task<http::answer> client::send(const http::site* site, http::request ask, http::request_options options) {
    return engine_->send(site, std::move(ask), std::move(options));
}

const std::map<std::string, host_stats>& client::stats() const noexcept { return engine_->stats(); }

}  // namespace croft::scrape
