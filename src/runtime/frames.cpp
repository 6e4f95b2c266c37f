// Frames come and go by the dozen for one statement, in the same few sizes: what ended ones leave is kept for the next,
// up to a bound. Not where a sanitizer watches, which couldn't tell a frame that is gone from one that is in use again.
#include <cstddef>
#include <new>
#include <utility>

#include "runtime/loop.hpp"

namespace croft::runtime {
namespace {

#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr std::size_t most_kept = 0;
#else
constexpr std::size_t most_kept = 256 * 1024;  // bytes, by each thread
#endif
constexpr std::size_t step = 16, most_size = 4096;  // larger ones are rare

struct left_frame {
    left_frame* next;
};

// Trivial, as frames may end while a thread's other variables have gone already; ~loop() clears it.
constinit thread_local left_frame* left[most_size / step + 1] = {};
constinit thread_local std::size_t kept = 0;

std::size_t shelf_of(std::size_t size) noexcept { return (size + step - 1) / step; }

}  // namespace

void* take_frame(std::size_t size) {
    if (size > most_size) return ::operator new(size);
    const auto shelf = shelf_of(size);
    auto* const found = left[shelf];
    if (!found) return ::operator new(shelf * step);
    left[shelf] = found->next;
    kept -= shelf * step;
    return found;
}

void leave_frame(void* frame, std::size_t size) noexcept {
    const auto shelf = shelf_of(size);
    if (size > most_size || kept + shelf * step > most_kept) return ::operator delete(frame);
    left[shelf] = ::new (frame) left_frame{left[shelf]};
    kept += shelf * step;
}

void clear_left_frames() noexcept {
    for (auto& first : left)
        while (first) ::operator delete(std::exchange(first, first->next));
    kept = 0;
}

}  // namespace croft::runtime
