#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "runtime/loop.hpp"

using namespace croft;

TEST(frames, are_each_other_s_memory_only_when_they_are_gone) {
    struct held {
        unsigned char* memory;
        std::size_t size;
        unsigned char mark;
    };
    std::minstd_rand random(7);
    std::vector<held> all;
    const auto leave = [&](std::size_t i) {
        const auto one = all[i];
        EXPECT_TRUE(std::all_of(one.memory, one.memory + one.size, [&](auto byte) { return byte == one.mark; }));
        runtime::leave_frame(one.memory, one.size);
        all[i] = all.back();
        all.pop_back();
    };
    for (int i = 0; i < 20'000; ++i) {
        if (all.size() < 200 && random() % 5 < 3) {
            const std::size_t size = 1 + random() % 6000;
            auto* memory = static_cast<unsigned char*>(runtime::take_frame(size));
            EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory) % alignof(std::max_align_t), 0u);
            all.push_back({memory, size, static_cast<unsigned char>(i)});
            std::fill(memory, memory + size, all.back().mark);
        } else if (!all.empty()) {
            leave(random() % all.size());
        }
    }
    while (!all.empty()) leave(0);
    runtime::clear_left_frames();
}
