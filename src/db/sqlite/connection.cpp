#include "db/sqlite/connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <thread>

#include "db/fault.hpp"
#include "db/message.hpp"
#include "db/sqlite/failure.hpp"
#include "db/sqlite/functions.hpp"
#include "text/utf8.hpp"

namespace croft::db::sqlite {
namespace {

constexpr int steps_between_checks = 2000;  // of SQLite's virtual machine: some 20 µs
constexpr int checks_of_brief_ones = 4;     // some 100 µs; the first may come at once, as steps are counted on
// No row has this key, unless somebody is after trouble; a new one shows by its being replaced.
constexpr sqlite3_int64 no_row = std::numeric_limits<sqlite3_int64>::min();

constexpr std::size_t usual_rows = 2, usual_cells = 32;
constexpr int pages_before_checkpoint = 1000;

/// What PostgreSQL refuses too. SQLite would store it, and compare, cut and sort it in ways of its own.
void require_text(std::string_view text, std::string_view database, sqlite3_stmt* to) {
    const auto zero = text.find('\0'), broken = text::first_invalid_utf8(text);
    if (zero == text.npos && broken == text.size()) return;
    throw statement_error(fmt::format(
        "{}: a text {} can't be stored; store it as bytes, or without it; in: {}", database,
        zero != text.npos ? "with a zero byte in it" : fmt::format("that is not UTF-8 at its byte {} (from 0)", broken),
        shortened(sqlite3_sql(to))));
}

void add_row(row_set& to, sqlite3_stmt* from, int width) {
    for (int i = 0; i < width; ++i) {
        // "Unprotected" says the manual: by SQLite's mutexes, which a connection of one thread doesn't have.
        auto* const cell = sqlite3_column_value(from, i);
        switch (sqlite3_value_type(cell)) {
            case SQLITE_INTEGER:
                to.add_integer(sqlite3_value_int64(cell));
                break;
            case SQLITE_FLOAT:
                to.add_real(sqlite3_value_double(cell));
                break;
            case SQLITE_TEXT: {
                const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(cell));
                to.add_text({text, static_cast<std::size_t>(sqlite3_value_bytes(cell))});
                break;
            }
            case SQLITE_BLOB: {
                const auto* bytes = static_cast<const char*>(sqlite3_value_blob(cell));
                to.add_bytes({bytes, static_cast<std::size_t>(sqlite3_value_bytes(cell))});
                break;
            }
            default:
                to.add_null();
        }
    }
}

}  // namespace

/// A statement under way: reset, whatever happens, as one left open would keep its snapshot and hold up the log.
class connection::running {
public:
    explicit running(const prepared& what) : handle_(what.handle()) {}
    running(const running&) = delete;
    running& operator=(const running&) = delete;
    ~running() {
        sqlite3_reset(handle_);
        sqlite3_clear_bindings(handle_);  // they point into the caller's values
    }

private:
    sqlite3_stmt* handle_;
};

/// Finds out whether a statement inserts a row, without taking last_insert_rowid() away from later ones.
class connection::insertion {
public:
    explicit insertion(sqlite3* handle) : handle_(handle), before_(sqlite3_last_insert_rowid(handle)) {}
    insertion(const insertion&) = delete;
    insertion& operator=(const insertion&) = delete;
    ~insertion() {
        if (!happened()) sqlite3_set_last_insert_rowid(handle_, before_);
    }
    void expect() noexcept { sqlite3_set_last_insert_rowid(handle_, no_row); }
    bool happened() const noexcept { return sqlite3_last_insert_rowid(handle_) != no_row; }

private:
    sqlite3* handle_;
    sqlite3_int64 before_;
};

connection::connection(const connection_settings& settings, role as)
    : settings_(settings), role_(as), cache_(settings.tuning.cached_statements) {
    sqlite3* handle = nullptr;
    // Not SQLITE_OPEN_READONLY: the log's files would stay behind where nobody else has the database open.
    const int creates = settings_.only_reads() ? 0 : SQLITE_OPEN_CREATE;
    const int code = sqlite3_open_v2(settings_.file.c_str(), &handle,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | creates, nullptr);
    handle_.reset(handle);
    if (!handle) fail(SQLITE_NOMEM, "out of memory", {name()});
    sqlite3_extended_result_codes(handle, 1);
    if (code != SQLITE_OK) fail(handle, {name()});
    set_up(as);
}

connection::~connection() { cache_.clear(); }

void connection::set_up(role as) {
    auto* handle = handle_.get();
    sqlite3_busy_handler(
        handle, [](void* self, int tries) -> int { return static_cast<connection*>(self)->wait_for_others(tries); },
        this);
    sqlite3_progress_handler(
        handle, steps_between_checks, [](void* self) -> int { return static_cast<connection*>(self)->must_stop(); },
        this);
    // "name" is a column or an error, never a text by mistake.
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    add_functions(handle);
    if (settings_.only_reads()) {
        control("PRAGMA query_only=ON");
        control("PRAGMA schema_version");  // reads the file, and so finds out whether it is a database at all
        return;
    }
    use_write_ahead_log();
    control(settings_.volatile_data ? "PRAGMA synchronous=OFF" : "PRAGMA synchronous=NORMAL");
    if (as == role::writer && settings_.tuning.survive_power_cut && !settings_.volatile_data) note_commits();
    control(settings_.tuning.check_references ? "PRAGMA foreign_keys=ON" : "PRAGMA foreign_keys=OFF");
    control("PRAGMA journal_size_limit=67108864");
    if (as == role::reader) control("PRAGMA query_only=ON");
}

/// In place of SQLite's own hook, which begins a checkpoint when the log has grown to 1,000 pages.
void connection::note_commits() {
    const auto committed = [](void* self, sqlite3* handle, const char* schema, int pages) -> int {
        static_cast<connection*>(self)->unsynced_ = true;
        if (pages >= pages_before_checkpoint)
            sqlite3_wal_checkpoint_v2(handle, schema, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
        return SQLITE_OK;
    };
    sqlite3_wal_hook(handle_.get(), committed, this);
    log_file_ = sqlite3_filename_wal(sqlite3_db_filename(handle_.get(), "main"));
}

/// Also the first thing that reads the file, and so finds out whether it is a database at all.
void connection::use_write_ahead_log() {
    const auto start = steady::now();
    for (;;) {  // two processes that make the same new file: SQLite tells one of them at once that it is busy
        try {
            const auto answer = run({"PRAGMA journal_mode=WAL"}, access::write);
            if (answer.at(0, 0).text() == "wal") return;
            fail(SQLITE_CANTOPEN, "write-ahead logging doesn't work here (a network drive?)", {name()});
        } catch (const busy_error&) {
            if (steady::now() - start > settings_.tuning.busy_timeout) throw;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }
}

row_set connection::run(const statement& query, access allowed) { return run(prepared_for(query.sql), query, allowed); }

row_set connection::run(prepared& what, const statement& query, access allowed) {
    if (allowed == access::read && what.writes())
        fail(SQLITE_ERROR, "read() was given a statement that writes; use write()", {name(), query.sql});
    check_arity(what, query.params.size());
    start_of(query.sql);
    auto* const handle = handle_.get();
    const running guard(what);
    bind(what, query.params.data(), query.params.size());
    insertion inserted(handle);
    if (what.writes() && !what.asks_for_last_id()) inserted.expect();
    const auto changes_before = sqlite3_total_changes64(handle);
    row_set answer;
    bool more = step(what);
    answer.set_columns(what.columns());
    const int width = static_cast<int>(answer.width());
    if (more) answer.reserve(std::max(usual_rows, usual_cells / answer.width()));
    for (; more; more = step(what)) add_row(answer, what.handle(), width);
    if (sqlite3_total_changes64(handle) == changes_before) return answer;
    answer.changes = sqlite3_changes64(handle);
    if (inserted.happened()) answer.last_insert_id = sqlite3_last_insert_rowid(handle);
    return answer;
}

/// Throws when it isn't over in time, too.
row_set connection::run_briefly(prepared& what, const statement& query) {
    brief_ = true, checks_ = 0;
    try {
        auto answer = run(what, query, access::read);
        brief_ = false;
        return answer;
    } catch (...) {
        if (checks_ > checks_of_brief_ones) what.found_long();
        brief_ = false;
        throw;
    }
}

std::optional<row_set> connection::run_briefly(const statement& query) noexcept {
    try {
        auto& what = prepared_for(query.sql);
        if (!what.is_long()) return run_briefly(what, query);
    } catch (...) {
    }
    return std::nullopt;
}

std::optional<std::vector<row_set>> connection::run_briefly(const std::vector<statement>& queries) noexcept {
    if (queries.size() > settings_.tuning.cached_statements) return std::nullopt;  // so that all stay prepared
    try {
        std::vector<prepared*> all;
        all.reserve(queries.size());
        for (const auto& query : queries) {
            all.push_back(&prepared_for(query.sql));
            if (all.back()->is_long()) return std::nullopt;
        }
        std::vector<row_set> answers;
        answers.reserve(queries.size());
        for (std::size_t i = 0; i < all.size(); ++i) answers.push_back(run_briefly(*all[i], queries[i]));
        return answers;
    } catch (...) {
        return std::nullopt;
    }
}

written_rows connection::run_many(const many_rows& rows) {
    const auto& what = prepared_for(rows.sql);
    check_arity(what, rows.width);
    auto* const handle = handle_.get();
    insertion inserted(handle);
    const std::size_t count = rows.params.size() / rows.width;
    std::vector<row_effect> effects(count);
    std::vector<std::int64_t> keys;
    if (!rows.into.returning.empty()) keys.reserve(count);
    const running guard(what);
    for (std::size_t row = 0; row < count; ++row) {
        start_of(rows.sql);
        bind(what, &rows.params[row * rows.width], rows.width);
        inserted.expect();
        while (step(what, rows.into.first_row + row)) {
        }
        if (sqlite3_changes64(handle) == 0)
            effects[row] = row_effect::unchanged;
        else if (inserted.happened())
            effects[row] = row_effect::inserted;
        else
            effects[row] = row_effect::updated;
        if (!rows.into.returning.empty()) keys.push_back(sqlite3_last_insert_rowid(handle));
        sqlite3_reset(what.handle());
    }
    return {std::move(effects), std::move(keys)};
}

void connection::run_script(const std::string& sql) {
    const char* rest = sql.c_str();
    while (*rest) {
        sqlite3_stmt* next = nullptr;
        const char* const text = rest;
        const int code = sqlite3_prepare_v2(handle_.get(), text, -1, &next, &rest);
        const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> guard(next, sqlite3_finalize);
        if (code != SQLITE_OK) fail(handle_.get(), {name(), text});
        if (!next) continue;  // a comment or a lone semicolon
        const std::string_view one(text, static_cast<std::size_t>(rest - text));
        start_of(one);
        int stepped = SQLITE_ROW;
        while (stepped == SQLITE_ROW) stepped = sqlite3_step(next);
        if (stepped != SQLITE_DONE) give_up(one, std::nullopt);
    }
}

void connection::control(std::string_view sql) {
    struct undisturbed {
        bool& flag;
        ~undisturbed() { flag = false; }
    } guard{controlling_};
    controlling_ = true;
    run({std::string(sql)}, access::write);
}

void connection::rollback() noexcept {
    if (!usable() || !in_transaction()) return;
    try {
        control("ROLLBACK");
    } catch (...) {  // a fault injected by a test; SQLite itself always can
        sqlite3_exec(handle_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
    if (in_transaction()) abandon();
}

void connection::abandon() noexcept {
    cache_.clear();
    handle_.reset();
}

void connection::check_arity(const prepared& what, std::size_t given) const {
    if (static_cast<std::size_t>(what.parameters()) == given) return;
    fail(SQLITE_ERROR, fmt::format("the statement takes {} parameters, but {} were given", what.parameters(), given),
         {name(), what.sql()});
}

void connection::bind(const prepared& to, const value* params, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) bind_one(to.handle(), static_cast<int>(i + 1), params[i]);
}

void connection::bind_one(sqlite3_stmt* to, int index, const value& from) {
    int code = SQLITE_OK;
    switch (from.index()) {  // the order of croft::value; faster than std::visit, and this runs for every cell
        case 0:
            code = sqlite3_bind_null(to, index);
            break;
        case 1:
            code = sqlite3_bind_int(to, index, *std::get_if<bool>(&from));
            break;
        case 2:
            code = sqlite3_bind_int64(to, index, *std::get_if<std::int64_t>(&from));
            break;
        case 3:
            code = sqlite3_bind_double(to, index, *std::get_if<double>(&from));
            break;
        case 4: {
            const auto& text = *std::get_if<std::string>(&from);
            require_text(text, name(), to);
            code = sqlite3_bind_text64(to, index, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
            break;
        }
        case 5: {
            const auto& content = *std::get_if<bytes>(&from);
            code = content.empty() ? sqlite3_bind_zeroblob(to, index, 0)  // a null pointer would mean NULL
                                   : sqlite3_bind_blob64(to, index, content.data(), content.size(), SQLITE_STATIC);
            break;
        }
        case 8:
            code = sqlite3_bind_int64(to, index, std::get_if<duration>(&from)->count());
            break;
        case 9:
            code = sqlite3_bind_int64(to, index, std::get_if<decimal_value>(&from)->units);
            break;
        case 11: {
            const auto& text = std::get_if<json_text>(&from)->text;
            require_text(text, name(), to);
            code = sqlite3_bind_text64(to, index, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
            break;
        }
        default: {
            const auto text = from.index() == 6   ? to_text(*std::get_if<time_point>(&from))
                              : from.index() == 7 ? to_text(*std::get_if<date>(&from))
                                                  : to_text(*std::get_if<uuid>(&from));
            code = sqlite3_bind_text64(to, index, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
        }
    }
    if (code != SQLITE_OK) fail(handle_.get(), {name(), sqlite3_sql(to)});
}

bool connection::step(const prepared& what, std::optional<std::size_t> row) {
    const int code = sqlite3_step(what.handle());
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) give_up(what.sql(), row);
    return false;
}

void connection::start_of(std::string_view sql) {
    if (role_ == role::writer) before_statement(sql);
    late_ = false;
    if (settings_.tuning.statement_timeout > duration::zero())
        deadline_ = steady::now() + settings_.tuning.statement_timeout;
}

void connection::give_up(std::string_view sql, std::optional<std::size_t> row) {
    if (late_)
        throw timeout_error(fmt::format("{}: a statement took longer than {} ms; in: {}", name(),
                                        settings_.tuning.statement_timeout.count() / 1000, shortened(sql)));
    fail(handle_.get(), {name(), sql, row});
}

bool connection::must_stop() noexcept {
    if (controlling_) return false;
    if (brief_) return ++checks_ > checks_of_brief_ones;
    if (stop_ && stop_->load(std::memory_order_relaxed)) return true;
    late_ = settings_.tuning.statement_timeout > duration::zero() && steady::now() > deadline_;
    return late_;
}

bool connection::wait_for_others(int tries) noexcept {
    if (brief_) return false;
    const auto time = steady::now();
    if (tries == 0) waiting_since_ = time;
    if (stop_ && stop_->load(std::memory_order_relaxed)) return false;
    if (time - waiting_since_ >= settings_.tuning.busy_timeout) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(tries < 5 ? 1 : 10));
    return true;
}

}  // namespace croft::db::sqlite
