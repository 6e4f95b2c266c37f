#include "db/sqlite/failure.hpp"
#include "db/sqlite/sqlite_session.hpp"

namespace croft::db::sqlite {

void writing::enter(connection& on) {
    if (over() || cancelled()) throw transaction_error(database_ + ": the transaction has ended");
    if (begun_) {
        if (on.in_transaction()) return;
        throw transaction_error(database_ + ": the database has rolled the transaction back: " + lost_);
    }
    if (options_.check_references_at_commit) on.control("PRAGMA foreign_keys=OFF");
    on.control(options_.read_only ? "BEGIN" : "BEGIN IMMEDIATE");
    begun_ = true;
    for (const auto& first : around_.on_begin) on.run(first, access::write);
}

void writing::leave(connection& on, then after) {
    if (!on.in_transaction()) throw transaction_error(database_ + ": a statement has ended the transaction by itself");
    if (after == then::commit) commit(on);
}

void writing::commit(connection& on) {
    if (around_.on_commit)
        for (const auto& last : *around_.on_commit) on.run(last, access::write);
    if (options_.check_references_at_commit && !on.run({"PRAGMA foreign_key_check"}, access::read).empty())
        name_broken_references(on);
    try {
        on.control("COMMIT");
    } catch (const constraint_error&) {  // SQLite says only that some reference is broken
        name_broken_references(on);
    }
    end(on);
}

void writing::failed(connection& on, then after, std::string why) noexcept {
    if (begun_ && !on.in_transaction() && lost_.empty()) lost_ = std::move(why);
    if (after == then::commit) end(on);
}

/// Rolls back what is still open, and leaves the connection as others expect it.
void writing::end(connection& on) noexcept {
    if (over()) return;
    on.rollback();
    if (options_.check_references_at_commit && on.usable()) try {
            on.control("PRAGMA foreign_keys=ON");
        } catch (...) {
            on.abandon();
        }
    over_.store(true, std::memory_order_release);
}

void writing::name_broken_references(connection& on) {
    const auto broken = on.run({"PRAGMA foreign_key_check"}, access::read);
    std::string message = "FOREIGN KEY constraint failed at commit", subject;
    if (!broken.empty()) {
        subject = broken.at(0, 0).text();
        message += ": " + subject;
        if (!broken.at(0, 1).is_null()) message += " row " + std::to_string(broken.at(0, 1).integer());
        message += " refers to a missing row of " + std::string(broken.at(0, 2).text());
    }
    throw constraint_error(database_ + ": " + message, constraint::foreign_key, subject);
}

}  // namespace croft::db::sqlite
