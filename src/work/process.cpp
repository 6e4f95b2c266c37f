#include "work/process.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <mutex>
#include <set>

namespace croft::work {
namespace {

std::string content(const std::string& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string boot() { return content("/proc/sys/kernel/random/boot_id").substr(0, 8); }

/// Field 22 of /proc/PID/stat (proc(5)): when it started, in clock ticks since boot. Empty when there is none such.
std::string start_of(std::string_view pid) {
    const std::string stat = content(fmt::format("/proc/{}/stat", pid));
    auto at = stat.rfind(')');  // the second field is the program's name and may hold anything
    if (at == std::string::npos) return {};
    for (int field = 2; field < 22 && at != std::string::npos; ++field) at = stat.find(' ', at + 1);
    if (at == std::string::npos) return {};
    return stat.substr(at + 1, stat.find(' ', at + 1) - at - 1);
}

std::string this_process() {
    const auto pid = std::to_string(getpid());
    return fmt::format("{}-{}-{}-", boot(), pid, start_of(pid));
}

struct present {
    std::mutex lock;
    std::set<std::string, std::less<>> names;
    unsigned count = 0;
};
present& here() {
    static auto& made = *new present;
    return made;
}

}  // namespace

presence::presence() {
    const std::lock_guard held(here().lock);
    name_ = this_process() + std::to_string(++here().count);
    here().names.insert(name_);
}

presence::~presence() {
    const std::lock_guard held(here().lock);
    here().names.erase(name_);
}

bool presence::is_alive(std::string_view name) {
    if (name.starts_with(this_process())) {
        const std::lock_guard held(here().lock);
        return here().names.contains(name);
    }
    const auto first = name.find('-');
    const auto second = name.find('-', first + 1);
    const auto third = name.find('-', second + 1);
    if (third == std::string_view::npos || name.substr(0, first) != boot()) return false;
    const auto pid = name.substr(first + 1, second - first - 1);
    if (pid.empty() || pid.find_first_not_of("0123456789") != std::string_view::npos) return false;
    return start_of(pid) == name.substr(second + 1, third - second - 1);
}

}  // namespace croft::work
