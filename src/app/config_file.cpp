#include "app/config_file.hpp"

#include <fmt/format.h>

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <fstream>
#include <iterator>

#include "app/config_keys.hpp"
#include "base/text.hpp"

namespace croft::app {
namespace {

constexpr std::uintmax_t most_bytes = 1 << 20;

std::string read_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::string text(std::istreambuf_iterator<char>(in), {});
    if (!in.good() && !in.eof()) throw config_error(fmt::format("{}: can't be read", file.string()));
    if (text.size() > most_bytes) throw config_error(fmt::format("{}: is larger than 1 MiB", file.string()));
    return text;
}

class reader {
public:
    reader(config& into, const std::filesystem::path& file) : into_(into), file_(file.string()) {}

    void read(const toml::table& top) {
        for (auto&& [key, node] : top) {
            if (key == "site")
                read_sites(node);
            else
                read_setting(key, node);
        }
    }

private:
    std::string place(const toml::node& node) const { return place(node.source()); }
    std::string place(const toml::source_region& at) const { return fmt::format("{}:{}", file_, at.begin.line); }

    [[noreturn]] void unknown(const toml::key& key, const std::vector<std::string_view>& known) const {
        throw config_error(fmt::format("{}: there is no setting {}{}", place(key.source()), croft::quoted(key.str()),
                                       did_you_mean(key.str(), known)));
    }

    /// A string, a boolean or an integer as it would stand in the environment; a list joined by commas.
    std::string text_of(const toml::node& node, std::string_view name) const {
        if (auto text = node.value_exact<std::string>()) return *text;
        if (auto flag = node.value_exact<bool>()) return *flag ? "true" : "false";
        if (const auto* list = node.as_array()) {
            std::string joined;
            for (auto& element : *list) joined += (joined.empty() ? "" : ",") + text_of(element, name);
            return joined;
        }
        throw config_error(fmt::format("{}: {} must be a string in quotes", place(node), name));
    }

    void read_setting(const toml::key& key, const toml::node& node) {
        const auto* known = find_config_key(key.str());
        if (!known) {
            std::vector<std::string_view> names{"site"};
            for (auto& one : config_keys()) names.push_back(one.name);
            unknown(key, names);
        }
        try {
            known->set(into_, text_of(node, key.str()), place(node));
        } catch (const config_error& wrong) {
            rethrow_placed(wrong, node, key.str());
        }
    }

    void read_sites(const toml::node& node) {
        const auto* sites = node.as_table();
        if (!sites)
            throw config_error(fmt::format("{}: site must be a table: [site.NAME] with url = \"…\"", place(node)));
        for (auto&& [name, site] : *sites) {
            const auto* settings = site.as_table();
            if (!settings)
                throw config_error(
                    fmt::format("{}: site.{} must be a table with url = \"…\"", place(site), name.str()));
            for (auto&& [key, value] : *settings) {
                if (key != "url") unknown(key, {"url"});
                const auto full = fmt::format("site.{}.url", name.str());
                try {
                    set_site_url(into_, name.str(), text_of(value, full), place(value));
                } catch (const config_error& wrong) {
                    rethrow_placed(wrong, value, full);
                }
            }
        }
    }

    [[noreturn]] void rethrow_placed(const config_error& wrong, const toml::node& node, std::string_view name) const {
        const std::string message = wrong.what();
        if (message.starts_with(file_)) throw wrong;
        throw config_error(fmt::format("{}: {} {}", place(node), name, message));
    }

    config& into_;
    std::string file_;
};

}  // namespace

void read_config_file(config& into, const std::filesystem::path& file) {
    const auto parsed = toml::parse(read_file(file));
    if (!parsed) {
        const auto& failure = parsed.error();
        const auto& at = failure.source().begin;
        throw config_error(fmt::format("{}:{}:{}: {}", file.string(), at.line, at.column, failure.description()));
    }
    reader(into, file).read(parsed.table());
    into.file = file;
}

}  // namespace croft::app
