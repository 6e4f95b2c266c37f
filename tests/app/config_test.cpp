#include "app/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace croft::app {
namespace {

using testing::HasSubstr;

/// A folder of its own, with a croft.toml where a test writes one.
class config_test : public testing::Test {
protected:
    config_test() {
        std::string pattern = (std::filesystem::temp_directory_path() / "croft-config-XXXXXX").string();
        inputs.folder = mkdtemp(pattern.data());
        inputs.program = "almanac";
    }
    ~config_test() override { std::filesystem::remove_all(inputs.folder); }

    void file(const std::string& text) { std::ofstream(inputs.folder / "croft.toml") << text; }
    std::string place(int line) const { return (inputs.folder / "croft.toml").string() + ":" + std::to_string(line); }
    config load() const { return load_config(inputs); }
    std::string refusal() const {
        try {
            load();
        } catch (const config_error& wrong) {
            return wrong.what();
        }
        return "(accepted)";
    }

    config_inputs inputs;
};

TEST_F(config_test, without_anything_said_the_defaults_hold_and_say_so) {
    const auto settings = load();
    EXPECT_EQ(settings.database.value, "sqlite:almanac.db");
    EXPECT_EQ(settings.listen.value, "127.0.0.1:8000");
    EXPECT_FALSE(settings.allow_remote.value);
    EXPECT_EQ(settings.tasks.value, "*");
    EXPECT_EQ(settings.log.value, "info");
    EXPECT_EQ(settings.listen.from, "default");
}

TEST_F(config_test, flags_win_over_the_environment_and_that_over_the_file) {
    file("listen = \"127.0.0.1:1\"\nlog = \"debug\"\ntasks = \"a\"\n");
    inputs.environment = {{"CROFT_LISTEN", "127.0.0.1:2"}, {"CROFT_TASKS", "b"}};
    inputs.flags = {{"listen", "127.0.0.1:3"}};
    const auto settings = load();
    EXPECT_EQ(settings.listen.value, "127.0.0.1:3");
    EXPECT_EQ(settings.listen.from, "--listen");
    EXPECT_EQ(settings.tasks.value, "b");
    EXPECT_EQ(settings.tasks.from, "CROFT_TASKS");
    EXPECT_EQ(settings.log.value, "debug");
    EXPECT_EQ(settings.log.from, place(2));
}

TEST_F(config_test, a_site_is_found_by_name_whatever_way_it_was_set) {
    file("[site.my-api]\nurl = \"https://api.example\"\n[site.other]\nurl = \"http://other.example\"\n");
    inputs.environment = {{"CROFT_SITE_OTHER", "http://127.0.0.1:9"}};
    const auto settings = load();
    EXPECT_EQ(settings.site_url("my-api"), "https://api.example");
    EXPECT_EQ(settings.site_url("MY_API"), "https://api.example");
    EXPECT_EQ(settings.site_url("other"), "http://127.0.0.1:9");
    EXPECT_EQ(settings.site_url("third"), std::nullopt);
}

TEST_F(config_test, task_patterns_may_be_a_list) {
    file("tasks = [\"items.*\", \"!items.slow\"]\n");
    EXPECT_EQ(load().tasks.value, "items.*,!items.slow");
}

TEST_F(config_test, a_key_that_is_not_known_is_refused_with_its_line_and_the_nearest_name) {
    file("log = \"info\"\nlisen = \"127.0.0.1:1\"\n");
    EXPECT_EQ(refusal(), place(2) + ": there is no setting \"lisen\"; did you mean \"listen\"?");
    file("[site.api]\nulr = \"https://x\"\n");
    EXPECT_EQ(refusal(), place(2) + ": there is no setting \"ulr\"; did you mean \"url\"?");
}

TEST_F(config_test, a_variable_that_is_not_known_is_refused_with_the_nearest_name) {
    inputs.environment = {{"CROFT_LISTN", "127.0.0.1:1"}};
    EXPECT_THAT(refusal(), HasSubstr("the environment variable CROFT_LISTN"));
    EXPECT_THAT(refusal(), HasSubstr("did you mean \"CROFT_LISTEN\"?"));
}

TEST_F(config_test, other_programs_variables_are_none_of_its_business) {
    inputs.environment = {
        {"PATH", "/bin"}, {"CROFTER", "x"}, {"CROFT_CONFORMANCE_DIR", "/x"}, {"CROFT_TEST_POSTGRES", "x"}};
    EXPECT_EQ(refusal(), "(accepted)");
}

TEST_F(config_test, a_bad_value_is_refused_with_its_place_and_what_would_be_right) {
    file("\nlog = \"loud\"\n");
    EXPECT_EQ(refusal(), place(2) + ": log is \"loud\"; it is one of debug, info, warn, error, off");
    file("listen = 8000\n");
    EXPECT_EQ(refusal(), place(1) + ": listen must be a string in quotes");
    file("");
    inputs.environment = {{"CROFT_TASKS", "items.*,,x"}};
    EXPECT_THAT(refusal(), HasSubstr("CROFT_TASKS has the pattern \"\""));
    inputs.environment = {{"CROFT_SITE_API", "api.example"}};
    EXPECT_THAT(refusal(), HasSubstr("CROFT_SITE_API is \"api.example\"; it is the URL"));
    inputs.environment = {};
    inputs.flags = {{"listen", "nonsense"}};
    EXPECT_THAT(refusal(), HasSubstr("--listen "));
}

TEST_F(config_test, a_file_that_is_no_toml_is_refused_with_line_and_column) {
    file("log = \"info\"\nlisten =\n");
    EXPECT_THAT(refusal(), HasSubstr(place(2) + ":9: "));
}

TEST_F(config_test, a_file_that_was_named_must_be_there) {
    inputs.file = "/nowhere/croft.toml";
    EXPECT_EQ(refusal(), "--config /nowhere/croft.toml: there is no such file");
}

TEST_F(config_test, an_address_beyond_loopback_needs_the_operators_word) {
    for (const std::string local : {"127.0.0.1:80", "[::1]:80", "localhost:80", "127.9.9.9:80"}) {
        inputs.flags = {{"listen", local}};
        EXPECT_NO_THROW(require_allowed_address(load())) << local;
    }
    for (const std::string remote : {"0.0.0.0:80", "[::]:80", ":80", "192.0.2.1:80"}) {
        inputs.flags = {{"listen", remote}};
        EXPECT_THROW(require_allowed_address(load()), config_error) << remote;
        inputs.flags.emplace_back("allow_remote", "true");
        EXPECT_NO_THROW(require_allowed_address(load())) << remote;
    }
}

}  // namespace
}  // namespace croft::app
