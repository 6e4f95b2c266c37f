#include "db/sqlite/log_syncer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include <system_error>

#include "base/linger.hpp"
#include "croft/db_error.hpp"
#include "db/fault.hpp"

namespace croft::db::sqlite {

log_syncer::log_syncer(runtime::loop& loop, std::string name)
    : loop_(loop), name_(std::move(name)), thread_([this] { serve(); }) {}

log_syncer::~log_syncer() {
    {
        const std::lock_guard guard(lock_);
        stopping_ = true;
        has_work_.store(true, std::memory_order_relaxed);
    }
    wake_.notify_one();
    thread_.join();
    if (open_file_ >= 0) ::close(open_file_);
}

void log_syncer::add(std::shared_ptr<job> committed, const std::string& file) {
    {
        const std::lock_guard guard(lock_);
        waiting_.push_back(std::move(committed));
        file_ = file;
        has_work_.store(true, std::memory_order_relaxed);
    }
    wake_.notify_one();
}

void log_syncer::serve() {
    pthread_setname_np(pthread_self(), "croft-db-sync");
    for (;;) {
        std::vector<std::shared_ptr<job>> now;
        std::string file;
        linger_until([&] { return has_work_.load(std::memory_order_relaxed); });
        {
            std::unique_lock guard(lock_);
            wake_.wait(guard, [&] { return !waiting_.empty() || stopping_; });
            if (waiting_.empty()) return;
            now.swap(waiting_);
            has_work_.store(stopping_, std::memory_order_relaxed);
            file = file_;
        }
        try {
            if (!untrusted_) sync(file);
        } catch (const std::exception& problem) {
            untrusted_ = std::make_exception_ptr(storage_error(fmt::format(
                "{}: what was committed can't be brought to the disk: {}. It is there until the machine is switched "
                "off; see to the disk, then start again",
                name_, problem.what())));
        }
        for (auto& one : now) {
            if (untrusted_) one->fail(untrusted_);
            loop_.finish(std::move(one));
        }
    }
}

void log_syncer::sync(const std::string& file) {
    before_sync();
    const auto check = [&](bool fine) {
        if (!fine) throw std::system_error(errno, std::generic_category(), file);
    };
    struct stat about{};
    if (open_file_ >= 0 && (::fstat(open_file_, &about) != 0 || about.st_nlink == 0))  // SQLite has begun a new one
        ::close(std::exchange(open_file_, -1));
    if (open_file_ < 0) open_file_ = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
    if (open_file_ < 0 && errno == ENOENT) return;  // the last connection has closed: it is in the database, and synced
    check(open_file_ >= 0);
    check(::fdatasync(open_file_) == 0);
}

}  // namespace croft::db::sqlite
