// Who runs what: a name for this scheduler in this process, and whether the bearer of such a name is still alive.
//
// "<boot>-<pid>-<start of the process>-<number>": a process id that was given out anew, or that is from before the last
// boot, is not mistaken for the one that died. All processes on one SQLite file are on one machine. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace croft::work {

class presence {
public:
    presence();
    ~presence();
    presence(const presence&) = delete;
    presence& operator=(const presence&) = delete;
    const std::string& name() const noexcept { return name_; }

    /// False once the process (or, within this one, the presence) of that name is gone.
    static bool is_alive(std::string_view name);

private:
    std::string name_;
};

}  // namespace croft::work
