// What workers are told of jobs: those of this process at once, those of others by the database's notifications. On
// SQLite there are none between processes, and one may get lost: workers look for themselves once a second as well.
//
//     ear hearing(base, [this](news what) { … });
//     co_await hearing.listen();
//     …
//     co_await tell(base, news::cancelled);          // in the transaction that does it: heard when that is committed
//
// Loop thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "db/database.hpp"

namespace croft::work {

enum class news : std::uint8_t {
    waiting,    ///< jobs wait for a place
    scheduled,  ///< jobs are scheduled: the next one may be due sooner
    cancelled,  ///< a job was cancelled
    missed,     ///< something wasn't heard: whatever it was
};

/// Throws db::error.
task<> tell(db::database* base, news what);
/// Only those of this process, on the channel whoever sends `notification(what)` there.
void tell_here(db::database& base, news what);
std::string notification(news what);

class ear {
public:
    ear(const db::database& base, std::function<void(news)> hear);
    ear(const ear&) = delete;
    ear& operator=(const ear&) = delete;
    ~ear();
    /// Hears other processes, too, from when this returns. Throws db::error.
    task<> listen(db::database* base);

private:
    friend void tell_here(db::database& base, news what);
    std::string url_;
    std::function<void(news)> hear_;
    db::subscription others_;
};

}  // namespace croft::work
