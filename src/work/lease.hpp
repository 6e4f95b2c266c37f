// Who is alive: everybody who has work under way counts a number up in the database, once a second. Whose number stands
// still for four seconds of the watcher's own time is dead; its row goes, and with it its claim to what it ran.
//
//     lease own;
//     co_await own.renew();                        // in the transaction that takes work
//     if (!co_await own.pulse(under_way > 0)) …    // about once a second: false: others think us dead, our work is
//     theirs
//
// No clock of another machine and no set clock matters, as each watcher measures by itself. Who has nothing under way
// needn't beat; its row may go and comes back with the next renew(). Loop thread only.
#pragma once

#include <map>
#include <string>

#include "croft/task.hpp"

namespace croft::work {

class lease {
public:
    /// Who stands still for `patience` is dead; a quarter of that is the time between two beats.
    explicit lease(duration patience = 4s);
    lease(const lease&) = delete;
    lease& operator=(const lease&) = delete;

    duration beat_pause() const noexcept { return patience_ / 4; }
    /// "<host>-<pid>-<random>"; another one after a pulse() that gave false.
    const std::string& name() const noexcept { return name_; }

    /// Inside of the transaction that takes work in this name: makes sure that the name is known to be alive.
    task<> renew();
    /// Inside of a transaction: false when others have buried this one; else they don't before it is over.
    task<bool> beat();
    /// Beats, when `busy`; buries those who died. False when others have buried this one meanwhile.
    task<bool> pulse(bool busy);
    /// The row goes: nothing is under way any more.
    task<> end();

private:
    struct sign {
        std::int64_t beat;
        duration since;
    };
    task<> watch();
    task<> bury(std::string name, std::int64_t beat);

    duration patience_;
    std::string name_;
    std::map<std::string, sign> others_;
};

}  // namespace croft::work
