#include "db/signals.hpp"

#include "croft/error.hpp"
#include "croft/log.hpp"

namespace croft::db {

std::uint64_t signals::add(const std::string& channel, callback call) {
    listening_.emplace(++last_, entry{channel, std::make_shared<const callback>(std::move(call))});
    return last_;
}

void signals::remove(std::uint64_t number) noexcept { listening_.erase(number); }

void signals::deliver(const std::string& channel, const std::string& payload) const {
    std::vector<std::uint64_t> called;
    for (const auto& [number, one] : listening_)
        if (channel.empty() || one.channel == channel) called.push_back(number);
    for (const auto number : called) {  // a callback may add and remove others
        const auto found = listening_.find(number);
        if (found == listening_.end()) continue;
        const auto call = found->second.call;
        try {
            (*call)(payload);
        } catch (...) {
            log::error("a callback of channel {} failed: {}", channel, describe(std::current_exception()));
        }
    }
}

}  // namespace croft::db
