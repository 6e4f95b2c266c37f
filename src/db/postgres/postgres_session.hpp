// A transaction on one of the pool's connections.
//
// One trip to the server a call: BEGIN goes out with the first statement, a savepoint with the next one. What is done
// by a single call goes without BEGIN and COMMIT: all up to a Sync is a transaction by itself. PostgreSQL gives up a
// transaction at the first statement that fails; so that here as on SQLite only the failing call is undone, each call
// of a transaction that goes on stands in a savepoint of its own ("the guard"). What can't be told while a call is
// under way (how far a cancelled one came) is found out before the next.
#pragma once

#include <unordered_map>

#include "db/postgres/bulk.hpp"
#include "db/postgres/pool.hpp"

namespace croft::db::postgres {

/// Statements for batches that are known already, by the text for one row.
using batch_forms = std::unordered_map<std::string, std::string>;

class postgres_session final : public session {
public:
    postgres_session(pool::lease connection, transaction_options options, std::shared_ptr<batch_forms> forms)
        : connection_(std::move(connection)), options_(options), forms_(std::move(forms)) {}
    ~postgres_session() override { release(); }

    void surround(context around) override { around_ = std::move(around); }
    task<std::vector<row_set>> execute(std::vector<statement> statements, access allowed, then after) override;
    task<written_rows> execute_many(many_rows rows, then after) override;
    task<> execute_script(std::string sql, then after) override;
    task<> commit() override;
    task<> set_savepoint(unsigned depth) override;
    task<> release_savepoint(unsigned depth) override;
    void undo_savepoint(unsigned depth) noexcept override;
    void release() noexcept override { connection_.reset(); }

private:
    /// What was sent before the statements of the call under way.
    struct sent {
        bool open = false;
        bool whole = false;       // a transaction by itself, which the Sync commits
        std::size_t opening = 0;  // BEGIN and what belongs to it
        std::size_t waiting = 0;  // of waiting_
        bool guarded = false;
        std::size_t statements = 0;
    };

    task<> settle();
    void note_progress();
    void apply(std::string_view control);
    void apply_undo();
    enum class manner : std::uint8_t { usual, refusing_writes, in_several_trips };
    task<> open_call(then after, manner how = manner::usual);
    void send_opening();
    void send(const statement& what, bool wanted = true);
    void send_control(std::string sql) { send({std::move(sql)}, false); }
    task<std::vector<row_set>> close_call(then after);
    task<std::vector<row_set>> attempt(const std::vector<statement>* statements, access allowed, then after);
    template <class Call>
    auto prepared_anew_if_stale(then after, Call call) -> decltype(call());
    void begin_again();
    task<std::string> batch_form(const insertion* into);
    task<written_rows> write_batches(const many_rows* rows, std::string sql, then after);
    task<written_rows> write_rows(const many_rows* rows, std::string sql, then after);
    [[noreturn]] void refuse() const;

    pool::lease connection_;
    transaction_options options_;
    std::shared_ptr<batch_forms> forms_;
    context around_;
    std::vector<std::string> waiting_;  // savepoint commands that go out before the next statement
    std::string lost_;                  // why there is no transaction any more
    sent call_;
    unsigned savepoints_ = 0;  // how many the server has
    unsigned undo_ = 0;        // the outermost one to be undone; 0: none
    bool begun_ = false;
    bool guard_open_ = false;
    bool again_ = false;  // the transaction failed as a whole and is begun anew
};

}  // namespace croft::db::postgres
