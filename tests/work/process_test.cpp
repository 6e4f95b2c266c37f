#include "work/process.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

using croft::work::presence;

TEST(presence, lives_as_long_as_its_object) {
    std::string name;
    {
        presence one;
        presence two;
        name = one.name();
        EXPECT_NE(one.name(), two.name());
        EXPECT_TRUE(presence::is_alive(name));
    }
    EXPECT_FALSE(presence::is_alive(name));
}

TEST(presence, of_another_process_ends_with_it) {
    int ready[2], leave[2];
    ASSERT_EQ(pipe(ready), 0);
    ASSERT_EQ(pipe(leave), 0);
    const auto child = fork();
    if (child == 0) {
        presence own;
        const auto length = write(ready[1], own.name().data(), own.name().size());
        char wait = 0;
        _exit(length > 0 && read(leave[0], &wait, 1) == 1 ? 0 : 1);
    }
    char text[200];
    const auto length = read(ready[0], text, sizeof text);
    ASSERT_GT(length, 0);
    const std::string name(text, static_cast<std::size_t>(length));
    EXPECT_TRUE(presence::is_alive(name));
    EXPECT_EQ(write(leave[1], "x", 1), 1);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_FALSE(presence::is_alive(name));
}

TEST(presence, names_that_nobody_bears_are_dead) {
    for (const char* name : {"", "x", "a-b-c-d", "----", "00000000-1-1-1"}) EXPECT_FALSE(presence::is_alive(name));
}
