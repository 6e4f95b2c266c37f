// FNV-1a with 128 bits (http://www.isthe.com/chongo/tech/comp/fnv): a short stand-in for something long, where nobody
// is after collisions. Any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace croft {

__extension__ using digest128 = unsigned __int128;

class fnv_1a {
public:
    fnv_1a& add(std::string_view bytes) noexcept {
        for (const char c : bytes) state_ = (state_ ^ static_cast<unsigned char>(c)) * prime;
        return *this;
    }
    digest128 digest() const noexcept { return state_; }

private:
    static constexpr digest128 prime = (digest128{1} << 88) + 0x13b;
    digest128 state_ = (digest128{0x6c62272e07bb0142} << 64) + 0x62b821756295c58d;
};

struct digest_hash {
    std::size_t operator()(digest128 d) const noexcept { return static_cast<std::size_t>(d); }
};

}  // namespace croft
