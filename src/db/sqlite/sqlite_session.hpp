// A transaction on the writer's connection.
#pragma once

#include "db/sqlite/workers.hpp"

namespace croft::db::sqlite {

/// The transaction as the writer's thread sees it. Each job of the transaction shares it; they run one after the other.
class writing {
public:
    writing(transaction_options options, std::string database) : options_(options), database_(std::move(database)) {}

    /// Loop thread, before the first job.
    void surround(context around) { around_ = std::move(around); }
    /// Any thread: nobody wants the transaction any more.
    void cancel() noexcept { cancelled_.store(true, std::memory_order_relaxed); }
    const std::atomic<bool>& cancelled() const noexcept { return cancelled_; }
    /// Any thread: it was committed or rolled back for good.
    bool over() const noexcept { return over_.load(std::memory_order_acquire); }

    /// Runs `work` in the transaction, which it begins where needed and commits where wanted.
    template <class F>
    auto perform(connection& on, then after, F work) {
        try {
            enter(on);
            auto result = work();
            leave(on, after);
            return result;
        } catch (...) {
            failed(on, after, describe(std::current_exception()));
            throw;
        }
    }
    void end(connection& on) noexcept;

private:
    void enter(connection& on);
    void leave(connection& on, then after);
    void failed(connection& on, then after, std::string why) noexcept;
    void commit(connection& on);
    [[noreturn]] void name_broken_references(connection& on);

    transaction_options options_;
    std::string database_;
    context around_;
    std::string lost_;  // why SQLite has rolled it back
    bool begun_ = false;
    std::atomic<bool> cancelled_ = false;
    std::atomic<bool> over_ = false;
};

class sqlite_session final : public session {
public:
    sqlite_session(workers& writer, semaphore::permit turn, transaction_options options, std::string database)
        : writer_(writer), turn_(std::move(turn)), state_(std::make_shared<writing>(options, std::move(database))) {}
    ~sqlite_session() override { release(); }

    void surround(context around) override { state_->surround(std::move(around)); }
    task<std::vector<row_set>> execute(std::vector<statement> statements, access allowed, then after) override;
    task<written_rows> execute_many(many_rows rows, then after) override;
    task<> execute_script(std::string sql, then after) override;
    task<> commit() override;
    task<> set_savepoint(unsigned depth) override;
    task<> release_savepoint(unsigned depth) override;
    void undo_savepoint(unsigned depth) noexcept override;
    void release() noexcept override;

private:
    template <class F, class T = std::invoke_result_t<F&, connection&>>
    task<T> in_transaction(then after, F work);

    workers& writer_;
    std::optional<semaphore::permit> turn_;
    std::shared_ptr<writing> state_;
    bool used_ = false;
};

}  // namespace croft::db::sqlite
