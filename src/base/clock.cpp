#include "croft/clock.hpp"

namespace croft {

namespace {

class machine final : public clock {
public:
    time_point now() const override { return std::chrono::floor<duration>(std::chrono::system_clock::now()); }
    duration monotonic() const override {
        return std::chrono::floor<duration>(std::chrono::steady_clock::now().time_since_epoch());
    }
};

}  // namespace

clock& machine_clock() {
    static machine instance;
    return instance;
}

bool virtual_clock::jump_when_idle(duration deadline) {
    if (!jumps_) return false;
    if (deadline > monotonic_) advance(deadline - monotonic_);
    return true;
}

}  // namespace croft
