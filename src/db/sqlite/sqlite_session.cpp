#include "db/sqlite/sqlite_session.hpp"

namespace croft::db::sqlite {
namespace {

std::string savepoint(std::string_view verb, unsigned depth) {
    return std::string(verb) + " croft_" + std::to_string(depth);
}

/// Undoes the rows of a write_many that failed in the middle of a transaction that goes on.
class all_or_none {
public:
    all_or_none(connection& on, then after) : on_(on), needed_(after == then::stay) {
        if (needed_) on_.control("SAVEPOINT croft_many");
    }
    all_or_none(const all_or_none&) = delete;
    all_or_none& operator=(const all_or_none&) = delete;
    ~all_or_none() {
        if (!needed_ || !on_.in_transaction()) return;
        try {
            on_.control("ROLLBACK TO croft_many");
            on_.control("RELEASE croft_many");
        } catch (...) {  // only a fault injected by a test: nothing of it may stay then
            on_.rollback();
        }
    }
    void written() {
        if (needed_) on_.control("RELEASE croft_many");
        needed_ = false;
    }

private:
    connection& on_;
    bool needed_;
};

}  // namespace

/// Runs work(connection) in the transaction, on the writer's thread. That takes its jobs in order, so once the job that
/// commits is queued the next writer may queue behind it: single writes of many tasks don't wait for each other's way
/// back. The session isn't touched after the await.
template <class F, class T>
task<T> sqlite_session::in_transaction(then after, F work) {
    used_ = true;
    auto perform = [state = state_, after, work = std::move(work)](connection& on) mutable {
        return state->perform(on, after, [&] { return work(on); });
    };
    const auto when_abandoned = after == then::commit ? abandoned_job::runs : abandoned_job::is_skipped;
    auto submitted = std::make_shared<job_of<decltype(perform)>>(std::move(perform), when_abandoned);
    const abandon_at_exit guard(submitted);
    writer_.submit(submitted, after == then::commit ? &state_->cancelled() : nullptr);
    if (after == then::commit) turn_.reset();
    co_await runtime::remote_work::awaiter(submitted);
    co_return submitted->take();
}

task<std::vector<row_set>> sqlite_session::execute(std::vector<statement> statements, access allowed, then after) {
    return in_transaction(after, [statements = std::move(statements), allowed](connection& on) {
        std::vector<row_set> answers;
        answers.reserve(statements.size());
        for (const auto& one : statements) answers.push_back(on.run(one, allowed));
        return answers;
    });
}

task<written_rows> sqlite_session::execute_many(many_rows rows, then after) {
    if (rows.sql.empty()) rows.sql = one_row(rows.into, '?');
    return in_transaction(after, [rows = std::move(rows), after](connection& on) {
        all_or_none guard(on, after);
        auto written = on.run_many(rows);
        guard.written();
        return written;
    });
}

task<> sqlite_session::execute_script(std::string sql, then after) {
    co_await in_transaction(after, [sql = std::move(sql)](connection& on) {
        on.run_script(sql);
        return true;
    });
}

task<> sqlite_session::commit() {
    if (!used_) co_return;  // nothing was done, so there is nothing to begin for
    co_await in_transaction(then::commit, [](connection&) { return true; });
}

task<> sqlite_session::set_savepoint(unsigned depth) {
    co_await in_transaction(then::stay, [depth](connection& on) {
        on.control(savepoint("SAVEPOINT", depth));
        return true;
    });
}

task<> sqlite_session::release_savepoint(unsigned depth) {
    co_await in_transaction(then::stay, [depth](connection& on) {
        on.control(savepoint("RELEASE", depth));
        return true;
    });
}

void sqlite_session::undo_savepoint(unsigned depth) noexcept {
    if (!turn_) return;
    auto undo = [state = state_, depth](connection& on) {
        if (state->over() || !on.in_transaction()) return;
        on.control(savepoint("ROLLBACK TO", depth));  // fails where the savepoint wasn't even set
        on.control(savepoint("RELEASE", depth));
    };
    writer_.submit(std::make_shared<job_of<decltype(undo)>>(std::move(undo)));
}

void sqlite_session::release() noexcept {
    state_->cancel();
    if (!turn_) return;  // the job that commits it is queued, and ends it in any case
    if (used_) {
        auto end = [state = state_](connection& on) { state->end(on); };
        writer_.submit(std::make_shared<job_of<decltype(end)>>(std::move(end)));
    }
    turn_.reset();
}

}  // namespace croft::db::sqlite
