#include "app/config.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "app/config_file.hpp"
#include "app/config_keys.hpp"
#include "base/text.hpp"
#include "net/listen_address.hpp"

namespace croft::app {
namespace {

constexpr std::string_view prefix = "CROFT_", site_prefix = "CROFT_SITE_";
// Of Croft's own scripts and tests, which start apps.
constexpr std::array<std::string_view, 2> not_settings = {"CROFT_BIN", "CROFT_CONFORMANCE_DIR"};
constexpr std::string_view test_prefix = "CROFT_TEST_";

void read_variable(config& into, const std::string& name, const std::string& text) {
    try {
        if (name.starts_with(site_prefix) && name.size() > site_prefix.size())
            return set_site_url(into, std::string_view(name).substr(site_prefix.size()), text, name);
        for (auto& key : config_keys())
            if (key.variable == name) return key.set(into, text, name);
    } catch (const config_error& wrong) {
        throw config_error(fmt::format("{} {}", name, wrong.what()));
    }
    std::vector<std::string_view> known;
    for (auto& key : config_keys()) known.push_back(key.variable);
    throw config_error(
        fmt::format("the environment variable {} is none of Croft's{}; settings are {} and CROFT_SITE_<NAME>", name,
                    did_you_mean(name, known), fmt::join(known, ", ")));
}

void read_flag(config& into, const std::string& name, const std::string& text) {
    const auto* key = find_config_key(name);
    if (!key) throw config_error(fmt::format("there is no setting {}", croft::quoted(name)));
    try {
        key->set(into, text, flag_of(*key));
    } catch (const config_error& wrong) {
        throw config_error(fmt::format("{} {}", flag_of(*key), wrong.what()));
    }
}

void find_file(config& into, const config_inputs& inputs) {
    if (inputs.file) {
        if (!std::filesystem::is_regular_file(*inputs.file))
            throw config_error(fmt::format("--config {}: there is no such file", *inputs.file));
        return read_config_file(into, *inputs.file);
    }
    const auto usual = inputs.folder == "." ? std::filesystem::path("croft.toml") : inputs.folder / "croft.toml";
    if (std::filesystem::is_regular_file(usual)) read_config_file(into, usual);
}

}  // namespace

std::optional<std::string> config::site_url(std::string_view name) const {
    const auto found = sites.find(site_key(name));
    if (found == sites.end()) return std::nullopt;
    return found->second.value;
}

config load_config(const config_inputs& inputs) {
    config settings;
    settings.program = inputs.program;
    settings.database.value = "sqlite:" + inputs.program + ".db";
    find_file(settings, inputs);
    for (auto& [name, text] : inputs.environment)
        if (name.starts_with(prefix) && !name.starts_with(test_prefix) && !std::ranges::count(not_settings, name))
            read_variable(settings, name, text);
    for (auto& [name, text] : inputs.flags) read_flag(settings, name, text);
    return settings;
}

std::vector<std::pair<std::string, std::string>> process_environment() {
    std::vector<std::pair<std::string, std::string>> all;
    for (char** one = environ; one && *one; ++one) {
        const std::string_view text = *one;
        const auto equals = std::min(text.find('='), text.size());
        all.emplace_back(text.substr(0, equals), text.substr(std::min(equals + 1, text.size())));
    }
    return all;
}

void require_allowed_address(const config& settings) {
    const auto address = net::parse_listen_address(settings.listen.value).address();
    if (address.is_loopback() || settings.allow_remote.value) return;
    throw config_error(
        fmt::format("{} ({}) can be reached from other machines, and what it serves needs no password: say "
                    "--allow-remote (or CROFT_ALLOW_REMOTE=1) if that is meant, else listen on 127.0.0.1",
                    settings.listen.value, settings.listen.from));
}

}  // namespace croft::app
