#include "db/postgres/connection.hpp"

#include <fmt/format.h>

#include <sys/socket.h>

#include <cerrno>
#include <charconv>

#include "base/linger.hpp"
#include "db/fault.hpp"
#include "db/postgres/parameters.hpp"
#include "db/postgres/resolve.hpp"

namespace croft::db::postgres {
namespace {

/// The loop knows that something happens outside: a virtual clock must not jump over it.
class outside {
public:
    outside() : loop_(runtime::loop::current()) {
        loop_.begin_outside();
        if (has_several_processors()) loop_.expect_soon();
    }
    outside(const outside&) = delete;
    outside& operator=(const outside&) = delete;
    ~outside() { loop_.end_outside(); }

private:
    runtime::loop& loop_;
};

/// Lends libpq's socket to Asio while libpq connects: it may be another one after each step.
class borrowed_socket {
public:
    borrowed_socket(boost::asio::posix::stream_descriptor& by, int socket) : by_(by) { by_.assign(socket); }
    borrowed_socket(const borrowed_socket&) = delete;
    borrowed_socket& operator=(const borrowed_socket&) = delete;
    ~borrowed_socket() { by_.release(); }

private:
    boost::asio::posix::stream_descriptor& by_;
};

std::int64_t count_in(const char* digits) {
    std::int64_t number = 0;
    const std::string_view text(digits);
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

/// A request that the server stop what the connection runs; null where there is nothing to stop.
std::shared_ptr<PGcancel> cancel_request(PGconn* handle) {
    return {pq().PQgetCancel(handle), [](PGcancel* request) { pq().PQfreeCancel(request); }};
}

void send_cancel(const std::shared_ptr<PGcancel>& request) {
    char reason[256];
    if (request) pq().PQcancel(request.get(), reason, sizeof reason);  // in vain: the connection is then gone anyway
}

}  // namespace

connection::connection(std::shared_ptr<const connection_settings> settings)
    : settings_(std::move(settings)),
      socket_(runtime::loop::current().io()),
      cache_(settings_->tuning.cached_statements) {}

connection::~connection() {
    if (handle_ && unfinished() && !broken_) {
        auto cancel = [request = cancel_request(handle_.get())] { send_cancel(request); };
        runtime::submit_to_workers(std::make_shared<runtime::remote_call<decltype(cancel)>>(std::move(cancel)));
    }
    if (socket_.is_open()) socket_.release();
}

task<> connection::open() {
    co_await connect();
    co_await set_up();
}

task<> connection::connect() {
    const auto settings = co_await resolved(settings_->where.settings, name());
    std::vector<const char*> keywords, values;
    for (const auto& [keyword, value] : settings) {
        keywords.push_back(keyword.c_str());
        values.push_back(value.c_str());
    }
    keywords.push_back(nullptr);
    values.push_back(nullptr);
    handle_.reset(pq().PQconnectStartParams(keywords.data(), values.data(), 0));
    if (!handle_ || pq().PQstatus(handle_.get()) == CONNECTION_BAD) lost();
    pq().PQsetNoticeReceiver(handle_.get(), [](void*, const PGresult*) {}, nullptr);  // not to standard error
    auto next = PGRES_POLLING_WRITING;
    while (next != PGRES_POLLING_OK) {
        if (next == PGRES_POLLING_FAILED) lost();
        const outside guard;
        const borrowed_socket borrowed(socket_, pq().PQsocket(handle_.get()));
        const auto way = next == PGRES_POLLING_READING ? boost::asio::posix::stream_descriptor::wait_read
                                                       : boost::asio::posix::stream_descriptor::wait_write;
        co_await wait_([&](auto done) { socket_.async_wait(way, std::move(done)); });
        next = pq().PQconnectPoll(handle_.get());
    }
    socket_.assign(pq().PQsocket(handle_.get()));
    pq().PQsetnonblocking(handle_.get(), 1);
}

/// What cells.cpp reads, and what transactions start from, whatever the server's, database's or user's settings are.
task<> connection::set_up() {
    std::string sql =
        "SET DateStyle TO ISO; SET IntervalStyle TO iso_8601; SET TimeZone TO 'UTC'; SET bytea_output TO hex;"
        "SET extra_float_digits TO 1; SET standard_conforming_strings TO on;"
        "SET default_transaction_isolation TO 'read committed'; SET default_transaction_deferrable TO off;"
        "SET default_transaction_read_only TO off;";
    if (pq().PQserverVersion(handle_.get()) >= 140000)  // a query of a program that was killed ends by itself
        sql += "SET client_connection_check_interval TO '10s';";
    if (const auto limit = settings_->tuning.statement_timeout; limit > duration::zero())
        sql += fmt::format("SET statement_timeout TO {};", std::max<std::int64_t>(1, limit.count() / 1000));
    co_await collect_script(std::move(sql));
    check(pq().PQenterPipelineMode(handle_.get()));
    altered_ = false;
}

task<std::vector<row_set>> connection::trip(std::vector<step> steps) {
    begin_trip();
    for (const auto& one : steps) send(one.what, one.wanted);
    co_return co_await finish();
}

void connection::begin_trip(at_sync then) noexcept {
    completed_ = 0;
    commits_at_sync_ = then == at_sync::commit;
}

void connection::commit_follows() {
    if (writing_) fault_point("COMMIT");
}

void connection::send(const statement& what, bool wanted) {
    if (broken_) lost();
    if (writing_) fault_point(what.sql);
    const parameters bound(what.params, {name(), what.sql});
    auto with = prepare(what.sql);
    check(pq().PQsendQueryPrepared(handle_.get(), with->server_name.c_str(), bound.count(), bound.values(),
                                   bound.lengths(), bound.formats(), 0));
    awaited_.push_back({answer::to_execute, std::move(with), wanted});
    unsynced_ = true;
}

/// Where a test ends the process here, the server has got what came before.
void connection::fault_point(std::string_view sql) {
    if (fault_hook_is_set()) pq().PQflush(handle_.get());
    before_statement(sql);
}

std::shared_ptr<connection::prepared> connection::prepare(const std::string& sql) {
    if (const auto* known = cache_.find(sql)) return known->what;
    auto fresh = std::make_shared<prepared>();
    fresh->sql = sql;
    fresh->server_name = fmt::format("croft_{}", ++prepared_count_);
    check(pq().PQsendPrepare(handle_.get(), fresh->server_name.c_str(), sql.c_str(), 0, nullptr));
    awaited_.push_back({answer::to_prepare, fresh});
    unsynced_ = true;
    cache_.add({fresh});
    if (auto oldest = cache_.take_oldest()) condemned_.push_back(oldest->what->server_name);
    return fresh;
}

task<> connection::flush() {
    for (;;) {
        const int left = pq().PQflush(handle_.get());
        check(left >= 0);
        if (left == 0) co_return;
        co_await wait(direction::both);
    }
}

task<std::vector<row_set>> connection::finish() {
    check(pq().PQpipelineSync(handle_.get()));
    awaited_.push_back({answer::to_sync, nullptr});
    unsynced_ = false;
    return collect();
}

/// Takes all answers up to the Sync; throws what the first failure was.
task<std::vector<row_set>> connection::collect() {
    std::vector<row_set> rows;
    std::exception_ptr failure;
    bool ended = false;
    while (!awaited_.empty()) {
        co_await wait_until_ready();
        const owned<PGresult> result(pq().PQgetResult(handle_.get()));
        if (!result) {  // what ends a statement's results; twice would be libpq's having lost count
            if (std::exchange(ended, true) || pq().PQstatus(handle_.get()) == CONNECTION_BAD) lost();
            continue;
        }
        ended = false;
        const auto by = std::move(awaited_.front());
        awaited_.pop_front();
        try {
            take(result.get(), by, rows);
        } catch (...) {
            if (!failure) failure = std::current_exception();
        }
        if (broken_) break;
        const auto status = pq().PQresultStatus(result.get());
        if (by.kind == answer::to_sync && status == PGRES_FATAL_ERROR)
            awaited_.push_front(by);  // the commit's: before it
        if (status != PGRES_PIPELINE_SYNC)
            while (const owned<PGresult> more{pq().PQgetResult(handle_.get())}) {
            }
        if (pq().PQstatus(handle_.get()) == CONNECTION_BAD) {
            broken_ = true;
            break;
        }
    }
    if (failure) std::rethrow_exception(failure);
    if (broken_) lost();
    co_return rows;
}

void connection::take(PGresult* result, const awaited& by, std::vector<row_set>& rows) {
    const auto status = pq().PQresultStatus(result);
    if (status == PGRES_PIPELINE_SYNC) return;
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
        if (by.kind == answer::to_execute) take_rows(result, by, rows);
        return;
    }
    if (by.kind == answer::to_prepare) cache_.erase(by.what->sql);
    if (status == PGRES_PIPELINE_ABORTED || by.kind == answer::to_drop) return;
    const place where{name(), by.what ? std::string_view(by.what->sql) : "COMMIT"};
    if (status == PGRES_EMPTY_QUERY) throw statement_error(fmt::format("{}: the statement is empty", name()));
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
        broken_ = true;
        throw statement_error(fmt::format("{}: COPY from or to the client is not supported", name()));
    }
    fail(result, where);
}

void connection::take_rows(PGresult* result, const awaited& by, std::vector<row_set>& rows) {
    const std::string_view tag = pq().PQcmdStatus(result);
    ++completed_;
    last_tag_ = tag;
    note_tag(tag, by.wanted);
    if (!by.wanted) return;
    auto& described = by.what->described;
    if (!described) described = columns_of(result);
    add_rows(rows.emplace_back(), result, *described);
    if (!tag.starts_with("SELECT") && !tag.starts_with("FETCH"))
        rows.back().changes = count_in(pq().PQcmdTuples(result));
    if (tag == "COMMIT" || tag == "ROLLBACK" || tag == "PREPARE TRANSACTION")
        throw transaction_error(name() + ": a statement has ended the transaction by itself");
}

void connection::note_tag(std::string_view tag, bool wanted) {
    if (wanted && tag == "SET") altered_ = true;
    if (tag == "DEALLOCATE ALL" || tag == "DISCARD ALL") cache_.clear();
}

task<> connection::script(std::string sql) {
    if (broken_) lost();
    if (writing_) fault_point(sql);
    check(pq().PQexitPipelineMode(handle_.get()));
    in_script_ = true;
    std::exception_ptr failure;
    try {
        co_await collect_script(std::move(sql));
    } catch (const connection_error&) {
        throw;
    } catch (...) {
        failure = std::current_exception();
    }
    check(pq().PQenterPipelineMode(handle_.get()));
    in_script_ = false;
    if (failure) std::rethrow_exception(failure);
}

/// Sends `sql`, where there is any, and takes all answers.
task<> connection::collect_script(std::string sql) {
    std::exception_ptr failure;
    std::vector<row_set> no_rows;
    if (!sql.empty()) check(pq().PQsendQuery(handle_.get(), sql.c_str()));
    for (;;) {
        co_await wait_until_ready();
        const owned<PGresult> result(pq().PQgetResult(handle_.get()));
        if (!result) break;
        note_tag(pq().PQcmdStatus(result.get()), true);
        if (pq().PQresultStatus(result.get()) == PGRES_EMPTY_QUERY) continue;
        try {
            take(result.get(), {answer::to_sync, nullptr}, no_rows);
        } catch (...) {
            failure = std::current_exception();
        }
        if (broken_) break;
    }
    if (pq().PQstatus(handle_.get()) == CONNECTION_BAD) broken_ = true;
    if (failure) std::rethrow_exception(failure);
    if (broken_) lost();
}

task<> connection::stop() {
    while (unfinished() && !broken_) {
        co_await cancel_at_server();
        try {
            co_await with_timeout(250ms, drain());
        } catch (const timeout_error&) {  // the request came before that which it was about: once more
        }
    }
}

/// Takes the answers of a trip that nobody waits for any more; how it ended is nobody's business either.
task<> connection::drain() {
    try {
        if (in_script_) {
            co_await collect_script({});
        } else if (unsynced_) {
            if (commits_at_sync_) send({"ROLLBACK"}, false);  // what the Sync would commit is but a part
            co_await finish();
        } else {
            co_await collect();
        }
    } catch (const croft::error&) {
    }
    if (in_script_ && !broken_) {
        check(pq().PQenterPipelineMode(handle_.get()));
        in_script_ = false;
    }
}

task<> connection::cancel_at_server() {
    co_await offload([request = cancel_request(handle_.get())] { send_cancel(request); });
}

void connection::forget_statements() {
    for (auto one = cache_.take_any(); one; one = cache_.take_any()) condemned_.push_back(one->what->server_name);
}

task<> connection::tidy() {
    if (transaction_status() != PQTRANS_IDLE) co_await trip({{{"ROLLBACK"}}});
    for (auto& one : std::exchange(condemned_, {})) {
        const std::string sql = "DEALLOCATE " + one;
        check(pq().PQsendQueryParams(handle_.get(), sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0));
        awaited_.push_back({answer::to_drop, nullptr});
        check(pq().PQpipelineSync(handle_.get()));  // after each: one that isn't there doesn't harm the next
        awaited_.push_back({answer::to_sync, nullptr});
    }
    co_await collect();
}

PGTransactionStatusType connection::transaction_status() const noexcept {
    return pq().PQtransactionStatus(handle_.get());
}

bool connection::looks_alive() noexcept {
    if (broken_ || pq().PQstatus(handle_.get()) != CONNECTION_OK) return false;
    char byte = 0;
    const auto peeked = ::recv(pq().PQsocket(handle_.get()), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (peeked < 0 && errno == EAGAIN) return true;  // nothing has come
    for (int i = 0; i < 2; ++i)                      // first what a server says before it goes, then that it has gone
        if (!pq().PQconsumeInput(handle_.get())) return false;
    return pq().PQstatus(handle_.get()) == CONNECTION_OK;
}

task<> connection::wait_for_notifications() {
    co_await wait_([&](auto done) { socket_.async_wait(boost::asio::posix::stream_descriptor::wait_read, done); });
    check(pq().PQconsumeInput(handle_.get()));
}

owned<PGnotify> connection::next_notification() noexcept { return owned<PGnotify>(pq().PQnotifies(handle_.get())); }

/// Until PQgetResult() has something without waiting.
task<> connection::wait_until_ready() {
    for (;;) {
        const int left = pq().PQflush(handle_.get());
        check(left >= 0);
        if (!pq().PQisBusy(handle_.get())) co_return;
        co_await wait(left > 0 ? direction::both : direction::reading);
    }
}

/// Both: the server may be waiting for its answers to be read before it reads on itself.
task<> connection::wait(direction which) {
    using descriptor = boost::asio::posix::stream_descriptor;
    const outside guard;
    co_await wait_([&](auto done) {
        socket_.async_wait(descriptor::wait_read, done);
        if (which == direction::both) socket_.async_wait(descriptor::wait_write, done);
    });
    // Asio would go on to be told whenever the server has read something, and wake up for it.
    if (which == direction::both) socket_.assign(socket_.release());
    check(pq().PQconsumeInput(handle_.get()));
}

void connection::check(bool worked) {
    if (!worked) lost();
}

void connection::lost() {
    broken_ = true;
    fail_connection(handle_.get(), name());
}

}  // namespace croft::db::postgres
