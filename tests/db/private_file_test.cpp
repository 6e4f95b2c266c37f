#include "db/sqlite/private_file.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <string>

namespace croft::db::sqlite {
namespace {

/// The path of a private file whose process died without tidying up.
std::string path_of_the_dead() {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
        const private_file file;
        std::ofstream(file.path()) << "data";
        const auto path = file.path();
        _exit(write(ends[1], path.data(), path.size()) < 0);
    }
    close(ends[1]);
    char text[4096];
    const auto length = read(ends[0], text, sizeof text);
    close(ends[0]);
    waitpid(child, nullptr, 0);
    return {text, static_cast<std::size_t>(length)};
}

TEST(private_file, is_gone_with_its_owner) {
    std::string path;
    {
        const private_file file;
        path = file.path();
        std::ofstream(path) << "data";
        EXPECT_TRUE(std::filesystem::exists(path));
    }
    EXPECT_FALSE(std::filesystem::exists(std::filesystem::path(path).parent_path()));
}

TEST(private_file, what_a_killed_process_left_is_removed_by_the_next_and_what_is_in_use_is_not) {
    const private_file in_use;
    const auto left = path_of_the_dead();
    const private_file next;
    EXPECT_FALSE(std::filesystem::exists(left));
    EXPECT_TRUE(std::filesystem::exists(std::filesystem::path(in_use.path()).parent_path()));
}

}  // namespace
}  // namespace croft::db::sqlite
