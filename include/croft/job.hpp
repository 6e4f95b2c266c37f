// Durable jobs: work that is written down before it is done, so that it survives whatever happens to the process.
//
//     struct Email { std::string to, subject; };
//     CROFT_JOB(send_email, Email email) { co_await smtp.send(email); }
//
//     co_await transaction([&]() -> task<> {                  // the order and its email are stored together, or
//     neither
//         co_await save(order);
//         co_await enqueue(send_email, Email{.to = order.buyer, .subject = "Thank you"}, {.unique_by = order.id});
//     });
//
// A job takes one plain struct (croft::nothing when it needs none), kept as JSON; see detail/json_codec.hpp for what
// may be in it. To enqueue it from other files, declare it in a header: extern const croft::job<Email> send_email;
//
// What is promised:
//   at least once           a job that was enqueued runs until it is done, is cancelled or has used up its attempts. It
//                           may run twice: when its process dies at the wrong moment, what it had done is done again.
//   exactly once            holds for what happens in the database, where the job calls complete() (or step()) inside
//                           of its own transaction(): its rows, its follow-up jobs and "done" are stored together.
//
// What happens when …
//   a job throws            it is tried again after 5 s, 10 s, 20 s … up to an hour (a bit more, by chance), at most
//                           `attempts` times; then it is dead: kept, and to be requeued by `jobs retry`. It may say
//                           otherwise: throw retry_later(5min, why), snooze(5min) (which is no attempt),
//                           cancel_job(why).
//   it takes too long       it is cancelled (its frames are destroyed) and has failed: `timeout`.
//   its process is killed   it is found within 5 s by the next start or by another process, and begun again, as a
//                           further attempt. A job that was under way in three deaths is dead.
//   several processes       share the queues. On PostgreSQL they hear of new jobs at once, on SQLite within a second.
//   its arguments changed   members that are new keep their initialiser, unknown ones are ignored. For more than that
//                           raise `version` and write `upgrade`. A job of a newer version than the program knows, or of
//                           a name that it doesn't, waits for a program that does.
// Loop thread only.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "croft/detail/json_codec.hpp"
#include "croft/error.hpp"
#include "croft/retry.hpp"
#include "croft/task.hpp"

namespace croft {

/// The argument of a job that needs none.
struct nothing {};

struct job_options {
    /// Where it waits: declared with CROFT_QUEUE, or by being named here.
    std::string queue = "default";
    /// Higher ones run first.
    int priority = 0;
    /// How often it is tried before it is dead.
    int attempts = 20;
    /// How long an attempt may take; zero: as long as it likes.
    duration timeout = 1h;
    /// The pause before the first retry; each further one is twice as long, up to `retry_to`.
    duration retry_from = 5s;
    duration retry_to = 1h;
    /// How long it is kept, with its result, once it is done.
    duration keep = 24h;
    /// Of the arguments' meaning; `upgrade` turns those of an older one into today's.
    int version = 1;
    json (*upgrade)(json arguments, int from_version) = nullptr;
};

struct queue_options {
    /// How many of its jobs run at the same time in this process.
    int concurrency = 10;
    /// How many may begin `per` this time, in all processes together; 0: as many as can.
    int rate = 0;
    duration per = 1s;
};

/// What a job is unique by: a number or a text.
class unique_key {
public:
    unique_key() = default;
    template <std::integral Number>
    unique_key(Number id) : text_(std::to_string(id)) {}
    template <class Text>
        requires std::convertible_to<const Text&, std::string_view>
    unique_key(const Text& text) : text_(std::string(std::string_view(text))) {}
    const std::optional<std::string>& text() const noexcept { return text_; }

private:
    std::optional<std::string> text_;
};

/// How long a job keeps others with its key away.
enum class unique_while : std::uint8_t {
    unfinished,  ///< until it is done, dead or cancelled
    waiting,     ///< until it begins
};

struct enqueue_options {
    /// Of jobs of this name with the same key only the first is enqueued.
    unique_key unique_by = {};
    croft::unique_while unique_while = croft::unique_while::unfinished;
    /// Where it isn't zero: for this long, whatever becomes of the job.
    duration unique_for = {};
    /// When it may begin: after a while, or at a time. Without them: now.
    duration delay = {};
    std::optional<time_point> at = {};
    /// Instead of what the job's own options say.
    std::optional<int> priority = {};
    std::string queue = {};
    /// Jobs that must be done first. It waits with one that is dead, and is cancelled with one that is cancelled.
    std::vector<std::int64_t> after = {};
};

/// A job in the database.
struct job_id {
    std::int64_t id = 0;
    /// False when `unique_by` found this one there already.
    bool fresh = true;
    operator std::int64_t() const noexcept { return id; }
};

namespace work {

/// A job as it was declared.
struct job_info {
    std::string function;  // "send_email"
    std::string file;      // __FILE__
    int line = 0;
    job_options options;
    std::function<task<>(json arguments)> run;
    std::string name;  // "shop.send_email"
};

/// Adds to the program's jobs; called before main(). The object must live as long as the program.
void declare_job(job_info& job);
bool declare_queue(std::string name, queue_options options, const char* file, int line);

task<std::vector<job_id>> enqueue(const job_info* job, std::vector<std::string> arguments, enqueue_options options);
task<job_id> enqueue_one(const job_info* job, std::string arguments, enqueue_options options);
task<std::optional<json>> step_result(std::string name);
task<> keep_step(std::string name, json result);
task<> complete(json result);
task<std::optional<json>> result_of(std::int64_t id);

template <class Arguments>
task<> run_job(task<> (*body)(Arguments), json arguments) {
    co_await body(detail::value_from_json<Arguments>(arguments));
}

}  // namespace work

/// What CROFT_JOB makes: a name to enqueue by.
template <class Arguments>
class job {
public:
    job(const char* function, const char* file, int line, job_options options, task<> (*body)(Arguments))
        : info_{function, file, line, std::move(options), {}, {}} {
        info_.run = [body](json arguments) { return work::run_job(body, std::move(arguments)); };
        work::declare_job(info_);
    }
    job(const job&) = delete;
    job& operator=(const job&) = delete;
    const work::job_info& info() const noexcept { return info_; }

private:
    work::job_info info_;
};

/// Writes a job down, in the caller's transaction where there is one. Throws config_error for a queue that nobody
/// declared, db::error.
template <class Arguments>
task<job_id> enqueue(const job<Arguments>& what, std::type_identity_t<Arguments> arguments,
                     enqueue_options options = {}) {
    return work::enqueue_one(&what.info(), detail::to_json(arguments).dump(), std::move(options));
}
inline task<job_id> enqueue(const job<nothing>& what) { return enqueue(what, nothing{}, {}); }

/// Many jobs in one go, all with the same options (so without unique_by): several times faster than one by one.
template <class Arguments>
task<std::vector<job_id>> enqueue_all(const job<Arguments>& what, std::vector<Arguments> arguments,
                                      enqueue_options options = {}) {
    std::vector<std::string> texts;
    for (const auto& one : arguments) texts.push_back(detail::to_json(one).dump());
    return work::enqueue(&what.info(), std::move(texts), std::move(options));
}

// Inside of a job. Outside of one these throw croft::error.

/// The job that the calling code belongs to.
struct running_job {
    std::int64_t id = 0;
    std::string name;
    int attempt = 1, attempts = 1;
    time_point enqueued_at{};
    /// The same for every attempt and for no other job: hand it to services that take an idempotency key.
    std::string idempotency_key() const;
};
const running_job& this_job();

/// A checkpoint: `work` runs once; later attempts of the job get its result from the database. Names are the job's own.
/// Inside of a transaction() the result is kept together with what that writes.
///
///     auto page = co_await step("fetch", [&] { return fetch_page(id); });
template <class F, class T = typename std::invoke_result_t<F&>::value_type>
task<T> step(std::string name, F work) {
    const auto known = co_await work::step_result(name);
    if constexpr (std::is_void_v<T>) {
        if (known) co_return;
        co_await work();
        co_await work::keep_step(std::move(name), json());
    } else {
        if (known) co_return detail::value_from_json<T>(*known);
        T result = co_await work();
        co_await work::keep_step(std::move(name), detail::to_json(result));
        co_return result;
    }
}

/// The job is done, and this is its result: stored at once, or together with the transaction() around it. What fails
/// afterwards is logged only. Throws croft::error when the job was taken from this process meanwhile, so that the
/// transaction around it is rolled back.
template <class T>
task<> complete(T result) {
    return work::complete(detail::to_json(result));
}
inline task<> complete() { return work::complete(json()); }

/// How far it is, from 0 to 1, for the operator to see. Stored at once.
task<> progress(double share, std::string note = "");

/// What a job gave to complete(); nothing while it isn't done, or when it gave nothing or is no longer kept.
template <class T>
task<std::optional<T>> result_of(std::int64_t id) {
    const auto found = co_await work::result_of(id);
    if (!found) co_return std::nullopt;
    co_return detail::value_from_json<T>(*found);
}

/// Cancels a job that isn't finished; one under way is destroyed where it stands (in another process: within a second).
/// False when it was finished, or isn't there.
task<bool> cancel(job_id which, std::string why = "cancelled");

}  // namespace croft

/// CROFT_JOB(send_email, Email email, {.attempts = 5}) { … }: a durable job. See the head of this file.
#define CROFT_JOB(Name, Parameter, ...)                             \
    static ::croft::task<> croft_job_body_##Name(Parameter);        \
    [[maybe_unused]] const ::croft::job Name(                       \
        #Name, __FILE__, __LINE__,                                  \
        [] {                                                        \
            using namespace ::croft;                                \
            ::croft::job_options options __VA_OPT__(=) __VA_ARGS__; \
            return options;                                         \
        }(),                                                        \
        &croft_job_body_##Name);                                    \
    static ::croft::task<> croft_job_body_##Name(Parameter)

/// CROFT_QUEUE(mail, {.concurrency = 2, .rate = 100, .per = 1min}): a queue that jobs are enqueued to.
#define CROFT_QUEUE(Name, ...)                                                   \
    [[maybe_unused]] static const bool croft_queue_declared_##Name = [] {        \
        using namespace ::croft;                                                 \
        ::croft::queue_options options __VA_OPT__(=) __VA_ARGS__;                \
        return ::croft::work::declare_queue(#Name, options, __FILE__, __LINE__); \
    }()
