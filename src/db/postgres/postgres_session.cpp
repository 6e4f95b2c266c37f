#include "db/postgres/postgres_session.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace croft::db::postgres {
namespace {

std::string savepoint(std::string_view verb, unsigned depth) { return fmt::format("{} croft_{}", verb, depth); }

std::string begin_sql(const transaction_options& options) {
    std::string sql = "BEGIN";
    if (options.isolation == isolation::serializable)
        sql += " ISOLATION LEVEL SERIALIZABLE";
    else if (options.isolation == isolation::repeatable_read || options.read_only)
        sql += " ISOLATION LEVEL REPEATABLE READ";
    return sql + (options.read_only ? " READ ONLY" : "");
}

bool is_insert(std::string_view sql) {
    const auto start = sql.find_first_not_of(" \n\t\r");
    if (start == sql.npos) return false;
    std::string word(sql.substr(start, 6));
    for (auto& c : word) c = static_cast<char>(c & ~0x20);
    return word == "INSERT";
}

/// With what tells an inserted row from an updated one.
std::string telling_effects(std::string sql) {
    if (is_insert(sql) && !sql.contains("RETURNING")) sql += " RETURNING xmax = 0";
    return sql;
}

row_effect effect_of(const row_set& answer) {
    if (answer.changes == 0) return row_effect::unchanged;
    const bool told = answer.size() == 1 && answer.width() == 1 && answer.at(0, 0).type() == cell_type::integer;
    return told && answer.at(0, 0).integer() ? row_effect::inserted : row_effect::updated;
}

constexpr std::size_t rows_between_flushes = 100;

}  // namespace

/// Puts an end to a call that was cancelled, and finds out where that leaves the transaction.
task<> postgres_session::settle() {
    if (!connection_) throw transaction_error("the transaction has ended");
    if (connection_->unfinished()) co_await connection_->stop();
    note_progress();
    apply_undo();
}

void postgres_session::note_progress() {
    if (!std::exchange(call_.open, false)) return;
    std::size_t done = connection_->completed();
    if (done < call_.opening && lost_.empty()) lost_ = "it could not begin";
    done -= std::min(done, call_.opening);
    const auto controls = std::min(done, call_.waiting);
    for (std::size_t i = 0; i < controls; ++i) apply(waiting_[i]);
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(controls));
    done -= controls;
    if (call_.guarded) guard_open_ = done > 0 && done <= call_.statements + 1;  // without its RELEASE
    if (connection_->transaction_status() == PQTRANS_INERROR && !guard_open_ && lost_.empty())
        lost_ = "a statement failed";
    if (connection_->transaction_status() == PQTRANS_IDLE && begun_ && lost_.empty())
        lost_ = "a statement has ended the transaction by itself";
}

void postgres_session::apply(std::string_view control) {
    if (control.ends_with("croft_call")) return;
    const auto depth = static_cast<unsigned>(std::stoul(std::string(control.substr(control.rfind('_') + 1))));
    savepoints_ = control.starts_with("RELEASE") ? depth - 1 : depth;
}

void postgres_session::apply_undo() {
    const auto depth = std::exchange(undo_, 0);
    if (depth == 0) return;
    const auto unsent = std::ranges::find(waiting_, savepoint("SAVEPOINT", depth));
    if (unsent != waiting_.end()) {
        waiting_.erase(unsent, waiting_.end());
    } else if (depth <= savepoints_) {  // ROLLBACK TO mends a failed transaction, too
        waiting_ = {savepoint("ROLLBACK TO", depth), savepoint("RELEASE", depth)};
        guard_open_ = false;
        if (connection_->transaction_status() != PQTRANS_IDLE) lost_.clear();
    }
}

void postgres_session::refuse() const {
    throw transaction_error(
        fmt::format("{}: the database has rolled the transaction back: {}", connection_->name(), lost_));
}

/// Sends all that comes before the statements of a call.
task<> postgres_session::open_call(then after, manner how) {
    co_await settle();
    if (!lost_.empty()) refuse();
    connection_->set_writing(!options_.read_only);
    const bool whole = !begun_ && after == then::commit && how != manner::in_several_trips &&
                       begin_sql(options_) == "BEGIN" && !options_.check_references_at_commit;
    connection_->begin_trip(whole ? connection::at_sync::commit : connection::at_sync::nothing);
    call_ = {.open = true, .whole = whole};
    if (!begun_) send_opening();
    begun_ = !whole;
    if (guard_open_) waiting_.insert(waiting_.begin(), {"ROLLBACK TO croft_call", "RELEASE croft_call"});
    guard_open_ = false;
    call_.waiting = waiting_.size();
    for (const auto& one : waiting_) send_control(one);
    if (after == then::commit) co_return;
    call_.guarded = true;
    send_control("SAVEPOINT croft_call");
    call_.statements = 0;
    if (how == manner::refusing_writes && !options_.read_only) send({"SET LOCAL transaction_read_only TO on"}, false);
}

void postgres_session::send_opening() {
    const auto opening = [&](const statement& what) {
        ++call_.opening;
        connection_->send(what, false);
    };
    if (std::exchange(again_, false) && connection_->transaction_status() != PQTRANS_IDLE) opening({"ROLLBACK"});
    if (!call_.whole) opening({begin_sql(options_)});
    if (options_.check_references_at_commit) opening({"SET CONSTRAINTS ALL DEFERRED"});
    for (const auto& first : around_.on_begin) opening(first);
}

void postgres_session::send(const statement& what, bool wanted) {
    ++call_.statements;
    connection_->send(what, wanted);
}

/// Sends all that comes after them, and takes the answers.
task<std::vector<row_set>> postgres_session::close_call(then after) {
    if (after == then::commit) {
        if (around_.on_commit)
            for (const auto& last : *around_.on_commit) send(last, false);
        if (call_.whole)
            connection_->commit_follows();
        else
            send_control("COMMIT");
    } else {
        connection_->send({"RELEASE croft_call"}, false);
    }
    std::vector<row_set> answers;
    try {
        answers = co_await connection_->finish();
    } catch (const croft::error& failure) {
        note_progress();
        if (!lost_.empty()) lost_ = failure.what();
        throw;
    }
    if (after == then::commit) {
        if (!call_.whole && connection_->last_tag() != "COMMIT") lost_ = "it had failed before";
        if (connection_->transaction_status() != PQTRANS_IDLE) lost_ = "a statement has begun another by itself";
        if (!lost_.empty()) refuse();
        call_.open = begun_ = false;
        co_return answers;
    }
    note_progress();
    co_return answers;
}

task<std::vector<row_set>> postgres_session::attempt(const std::vector<statement>* statements, access allowed,
                                                     then after) {
    const bool harmless = allowed == access::write || std::ranges::all_of(*statements, &statement::only_reads);
    co_await open_call(after, harmless ? manner::usual : manner::refusing_writes);
    for (const auto& one : *statements) send(one);
    co_return co_await close_call(after);
}

/// Runs a call; once more when prepared statements no longer fit, as a table was changed by somebody else.
template <class Call>
auto postgres_session::prepared_anew_if_stale(then after, Call call) -> decltype(call()) {
    try {
        co_return co_await call();
    } catch (const stale_statement&) {
        connection_->forget_statements();
    }
    if (after == then::commit) begin_again();
    co_return co_await call();
}

task<std::vector<row_set>> postgres_session::execute(std::vector<statement> statements, access allowed, then after) {
    co_return co_await prepared_anew_if_stale(after, [&] { return attempt(&statements, allowed, after); });
}

/// In batches; row by row where that fails, which finds out which row it is, and takes rows that are one to the
/// database as they come.
task<written_rows> postgres_session::execute_many(many_rows rows, then after) {
    if (rows.params.empty()) co_return {};
    if (rows.sql.empty()) {
        const auto sql = co_await batch_form(&rows.into);
        if (!sql.empty()) {
            try {
                co_return co_await write_batches(&rows, sql, after);
            } catch (const constraint_error&) {
            } catch (const statement_error&) {
                forms_->clear();  // a column may have another type now
                connection_->forget_statements();
            }
            if (after == then::commit) begin_again();
        }
        rows.sql = one_row(rows.into, '$') + returning_key(rows.into);
    }
    const auto sql = telling_effects(rows.sql);
    co_return co_await prepared_anew_if_stale(after, [&] { return write_rows(&rows, sql, after); });
}

/// Empty when the table isn't as the insertion says.
task<std::string> postgres_session::batch_form(const insertion* into) {
    const auto key = one_row(*into, '$') + returning_key(*into);
    if (const auto known = forms_->find(key); known != forms_->end()) co_return known->second;
    std::vector<statement> ask;
    ask.push_back(ask_for_types(*into));
    std::vector<std::string> types;
    try {
        const auto answer = std::move((co_await execute(std::move(ask), access::read, then::stay)).front());
        for (std::size_t i = 0; i < answer.size(); ++i) types.emplace_back(answer.at(i, 0).text());
    } catch (const statement_error&) {
    }
    if (types.size() != into->columns.size()) co_return "";
    co_return forms_->emplace(key, batch_sql(*into, types)).first->second;
}

task<written_rows> postgres_session::write_batches(const many_rows* rows, std::string sql, then after) {
    const std::size_t count = rows->params.size() / rows->width;
    std::vector<row_effect> effects(count);
    std::vector<std::int64_t> keys;
    std::vector<std::size_t> ends{0};
    co_await open_call(after);
    while (ends.back() < count) {
        const auto from = ends.back();
        ends.push_back(end_of_batch(*rows, from));
        send({sql, arrays_of(*rows, from, ends.back(), {connection_->name(), sql})});
        co_await connection_->flush();  // the server works on one batch while the next is made
    }
    const auto answers = co_await close_call(after);
    for (std::size_t i = 0; i < answers.size(); ++i) {
        note_effects(std::span(effects).subspan(ends[i], ends[i + 1] - ends[i]), *rows, ends[i], answers[i]);
        if (!rows->into.returning.empty()) add_keys(keys, answers[i]);
    }
    co_return {std::move(effects), std::move(keys)};
}

task<written_rows> postgres_session::write_rows(const many_rows* rows, std::string sql, then after) {
    const std::size_t count = rows->params.size() / rows->width;
    co_await open_call(after);
    const std::size_t before = call_.opening + call_.waiting + (call_.guarded ? 1 : 0);
    written_rows written;
    try {
        for (std::size_t row = 0; row < count; ++row) {
            const auto first = rows->params.begin() + static_cast<std::ptrdiff_t>(row * rows->width);
            send({sql, std::vector<value>(first, first + static_cast<std::ptrdiff_t>(rows->width))});
            if (row % rows_between_flushes == 0) co_await connection_->flush();
        }
        for (const auto& answer : co_await close_call(after)) {
            written.effects.push_back(effect_of(answer));
            if (!rows->into.returning.empty()) add_keys(written.keys, answer);
        }
    } catch (const constraint_error& failure) {
        auto row = connection_->completed() - before;
        if (row >= count) throw;  // found at the commit
        row += rows->into.first_row;
        throw constraint_error(fmt::format("{}; at row {} (from 0)", failure.what(), row), failure.kind(),
                               failure.subject(), row);
    }
    co_return written;
}

/// After a failure that ended the transaction, of which a single call is all.
void postgres_session::begin_again() {
    again_ = true;
    begun_ = false;
    lost_.clear();
}

task<> postgres_session::execute_script(std::string sql, then after) {
    co_await open_call(after, manner::in_several_trips);
    co_await connection_->finish();
    note_progress();
    guard_open_ = call_.guarded;
    try {
        co_await connection_->script(std::move(sql));
    } catch (const croft::error& failure) {
        if (!guard_open_) lost_ = failure.what();
        throw;
    }
    if (connection_->transaction_status() != PQTRANS_INTRANS) {
        lost_ = "a statement has ended the transaction by itself";
        throw transaction_error(connection_->name() + ": " + lost_);
    }
    if (guard_open_) waiting_.emplace_back("RELEASE croft_call");
    guard_open_ = false;
    if (after == then::commit) co_await commit();
}

task<> postgres_session::commit() {
    if (!begun_) co_return;  // nothing was done, so there is nothing to begin for
    co_await open_call(then::commit);
    co_await close_call(then::commit);
}

task<> postgres_session::set_savepoint(unsigned depth) {
    co_await settle();
    waiting_.push_back(savepoint("SAVEPOINT", depth));
}

task<> postgres_session::release_savepoint(unsigned depth) {
    co_await settle();
    if (!waiting_.empty() && waiting_.back() == savepoint("SAVEPOINT", depth))
        waiting_.pop_back();  // nothing was done in it
    else
        waiting_.push_back(savepoint("RELEASE", depth));
}

void postgres_session::undo_savepoint(unsigned depth) noexcept {
    if (undo_ == 0 || depth < undo_) undo_ = depth;
}

}  // namespace croft::db::postgres
