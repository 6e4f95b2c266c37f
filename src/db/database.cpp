#include "db/database.hpp"

#include <random>

#include "croft/log.hpp"
#include "db/session.hpp"
#include "db/transaction_state.hpp"
#include "runtime/loop.hpp"

namespace croft::db {
namespace {

/// Gives the connection back, however the scope ends.
struct held_connection {
    std::shared_ptr<session> connection;
    explicit held_connection(std::shared_ptr<session> held) : connection(std::move(held)) {}
    held_connection(const held_connection&) = delete;
    held_connection& operator=(const held_connection&) = delete;
    ~held_connection() { connection->release(); }
};

/// Ends a transaction, or undoes a savepoint, that didn't come to its regular end.
class unwinding {
public:
    explicit unwinding(std::shared_ptr<transaction_state> state) : state_(std::move(state)) {}
    unwinding(const unwinding&) = delete;
    unwinding& operator=(const unwinding&) = delete;
    ~unwinding() {
        state_->end();
        if (!stored_ && state_->depth() > 0) state_->connection().undo_savepoint(state_->depth());
    }
    void stored() noexcept { stored_ = true; }

private:
    std::shared_ptr<transaction_state> state_;
    bool stored_ = false;
};

/// Runs `body` in `state`, then waits for what its tasks have under way and lets nothing new start.
task<> run_inside(std::shared_ptr<transaction_state> state, std::function<task<>()> body) {
    {
        runtime::scoped_local inside(&runtime::inherited::transaction, state);
        co_await body();
    }
    const auto turn = co_await state->enter(access::read);
    state->end();
}

/// What is stored stays stored, whatever a hook makes of it.
void call(const std::function<void()>& hook) noexcept {
    try {
        hook();
    } catch (...) {
        log::error("an on_commit hook failed: {}", describe(std::current_exception()));
    }
}

/// A random part of `most`.
duration spread(duration most) {
    static thread_local std::minstd_rand numbers(std::random_device{}());
    return duration(std::uniform_int_distribution<duration::rep>(0, most.count())(numbers));
}

std::vector<statement> only(statement one) {
    std::vector<statement> all;
    all.push_back(std::move(one));
    return all;
}

}  // namespace

std::shared_ptr<transaction_state> database::enclosing() const {
    if (!runtime::here.current) return nullptr;
    auto state = runtime::locals().transaction;
    while (state && state->owner() != this) state = state->outer();
    return state;
}

task<std::shared_ptr<session>> database::begin(transaction_options options) {
    auto connection = co_await lease(options);
    if (!options.read_only &&
        (on_begin_ ||
         on_commit_))  // asked for only now: what it says of the time must not lie before an earlier commit
        connection->surround({on_begin_ ? on_begin_() : std::vector<statement>{}, on_commit_});
    co_return connection;
}

task<row_set> database::read(statement query) {
    if (!enclosing())
        if (auto answer = read_at_once(query)) co_return std::move(*answer);
    auto answers = co_await read(only(std::move(query)));
    co_return std::move(answers.front());
}

task<std::vector<row_set>> database::read(std::vector<statement> queries) {
    if (const auto around = enclosing()) {
        const auto turn = co_await around->enter(access::read);
        co_return co_await around->connection().execute(std::move(queries), access::read, then::stay);
    }
    co_return co_await read_outside(std::move(queries));
}

task<row_set> database::write(statement change) {
    std::vector<row_set> answers;
    if (const auto around = enclosing()) {
        const auto turn = co_await around->enter(access::write);
        answers = co_await around->connection().execute(only(std::move(change)), access::write, then::stay);
    } else {
        const held_connection held(co_await begin({}));
        answers = co_await held.connection->execute(only(std::move(change)), access::write, then::commit);
    }
    co_return std::move(answers.front());
}

task<std::vector<row_effect>> database::write_many(insertion into, std::vector<value> params) {
    const auto width = into.columns.size();
    co_return std::move((co_await write_rows({{}, std::move(into), std::move(params), width})).effects);
}

task<std::vector<std::int64_t>> database::insert_many(insertion into, std::vector<value> params) {
    const auto width = into.columns.size();
    co_return std::move((co_await write_rows({{}, std::move(into), std::move(params), width})).keys);
}

task<std::vector<row_effect>> database::write_many(std::string sql, std::vector<value> params, std::size_t width) {
    co_return std::move((co_await write_rows({std::move(sql), {}, std::move(params), width})).effects);
}

task<written_rows> database::write_rows(many_rows rows) {
    if (rows.width == 0 || rows.params.size() % rows.width != 0)
        throw statement_error(url() + ": write_many: " + std::to_string(rows.params.size()) +
                              " values can't be split into rows of " + std::to_string(rows.width));
    if (const auto around = enclosing()) {
        const auto turn = co_await around->enter(access::write);
        co_return co_await around->connection().execute_many(std::move(rows), then::stay);
    }
    const held_connection held(co_await begin({}));
    co_return co_await held.connection->execute_many(std::move(rows), then::commit);
}

task<> database::script(std::string sql) {
    if (const auto around = enclosing()) {
        const auto turn = co_await around->enter(access::write);
        co_await around->connection().execute_script(std::move(sql), then::stay);
        co_return;
    }
    const held_connection held(co_await begin({}));
    co_await held.connection->execute_script(std::move(sql), then::commit);
}

task<> database::transaction(std::function<task<>()> body, transaction_options options) {
    if (auto around = enclosing()) {
        co_await nested(std::move(around), &body, options);
        co_return;
    }
    duration pause = 0s;
    for (unsigned tries = 0;; ++tries) {
        try {
            co_await outermost(&body, options);
            co_return;
        } catch (const conflict_error&) {
            if (tries >= options.retries) throw;
        }
        pause = pause * 2 + 1ms + spread(2ms);  // apart, or the same two meet again
        co_await sleep(pause);
    }
}

task<> database::outermost(const std::function<task<>()>* body, transaction_options options) {
    std::shared_ptr<transaction_state> state;
    {
        const held_connection held(co_await begin(options));
        state = std::make_shared<transaction_state>(*this, held.connection, runtime::locals().transaction, options);
        const unwinding guard(state);
        co_await run_inside(state, *body);
        co_await held.connection->commit();
    }
    for (auto& hook : state->take_hooks()) call(hook);
}

task<> database::nested(std::shared_ptr<transaction_state> around, const std::function<task<>()>* body,
                        transaction_options options) {
    if (options.check_references_at_commit)
        throw transaction_error(url() + ": only an outermost transaction can leave its references unchecked");
    if (options.isolation > around->options().isolation)
        throw transaction_error(url() +
                                ": a transaction can't be more isolated than the one around it, which has begun");
    const auto turn = co_await around->enter(access::read);  // until the end: nobody else's statements get into it
    auto& connection = around->connection();
    auto state = std::make_shared<transaction_state>(*around, runtime::locals().transaction, options);
    unwinding guard(state);
    co_await connection.set_savepoint(state->depth());
    co_await run_inside(state, *body);
    co_await connection.release_savepoint(state->depth());
    guard.stored();
    for (auto& hook : state->take_hooks()) around->add_hook(std::move(hook));
}

void database::on_commit(std::function<void()> hook) {
    const auto around = enclosing();
    if (!around) return call(hook);
    around->require_open();
    around->add_hook(std::move(hook));
}

task<subscription> database::listen(std::string channel, std::function<void(const std::string&)> hear) {
    subscription heard(signals_, signals_->add(channel, std::move(hear)));
    co_await listen_to(std::move(channel));
    co_return std::move(heard);
}

task<> database::notify(std::string channel, std::string payload) {
    return send_notification(std::move(channel), std::move(payload));
}

void database::set_context(std::function<std::vector<statement>()> on_begin, std::vector<statement> on_commit) {
    on_begin_ = std::move(on_begin);
    on_commit_ = on_commit.empty() ? nullptr : std::make_shared<const std::vector<statement>>(std::move(on_commit));
}

database& current() {
    auto* found = runtime::here.current ? runtime::locals().database : nullptr;
    if (!found) throw croft::error("there is no database here: this must be called from a task of an app");
    return *found;
}

task<> run_transaction(callback<task<>()> body, transaction_options options) {
    co_await current().transaction(std::move(body), options);
}

}  // namespace croft::db

void croft::on_commit(callback<void()> hook) { db::current().on_commit(std::move(hook)); }
