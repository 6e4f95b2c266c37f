#include "cli/parse.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <list>

#include "app/config_keys.hpp"
#include "app/version.hpp"
#include "base/text.hpp"

namespace croft::cli {
namespace {

class cli11_arguments final : public arguments {
public:
    explicit cli11_arguments(CLI::App& to) : to_(to) {}
    void flag(std::string_view name, bool& into, std::string_view help) override {
        to_.add_flag(std::string(name), into, std::string(help));
    }
    void option(std::string_view name, std::optional<std::string>& into, std::string_view metavar,
                std::string_view help) override {
        to_.add_option(std::string(name), into, std::string(help))->type_name(std::string(metavar));
    }
    void list(std::string_view name, std::vector<std::string>& into, std::string_view metavar,
              std::string_view help) override {
        to_.add_option(std::string(name), into, std::string(help))
            ->type_name(std::string(metavar))
            ->allow_extra_args(false);
    }
    void positional(std::string_view name, std::string& into, std::string_view help) override {
        to_.add_option(std::string(name), into, std::string(help))->required()->type_name("");
    }
    void optional_positional(std::string_view name, std::optional<std::string>& into, std::string_view help) override {
        to_.add_option(std::string(name), into, std::string(help))->type_name("");
    }

    void rest(std::string_view name, std::vector<std::string>& into, std::string_view help) override {
        to_.add_option(std::string(name), into, std::string(help))->type_name("");
    }

private:
    CLI::App& to_;
};

/// The settings' flags, given to the program or to any of its commands.
struct setting_flags {
    struct one {
        const app::config_key* key = nullptr;
        std::optional<std::string> text;
        bool on = false;
    };
    std::list<one> all;
    std::optional<std::string> file;
    bool verbose = false;

    void add_to(CLI::App& program) {
        program.add_option("--config", file, "settings file (default: croft.toml here, if there is one)")
            ->type_name("FILE");
        for (auto& key : app::config_keys()) {
            auto& flag = all.emplace_back(&key);
            const std::string help(key.help);
            if (key.metavar.empty())
                program.add_flag(app::flag_of(key), flag.on, help);
            else
                program.add_option(app::flag_of(key), flag.text, help)->type_name(std::string(key.metavar));
        }
        program.add_flag("--verbose", verbose, "show the causes of an error too");
    }

    std::vector<std::pair<std::string, std::string>> given() const {
        std::vector<std::pair<std::string, std::string>> flags;
        for (auto& flag : all) {
            if (flag.on) flags.emplace_back(flag.key->name, "true");
            if (flag.text) flags.emplace_back(flag.key->name, *flag.text);
        }
        return flags;
    }
};

using owned = std::vector<std::unique_ptr<command>>;

/// Declares a command and those below it; `chosen` becomes the innermost one named.
void declare(CLI::App& parent, command& one, owned& below, command*& chosen) {
    auto* sub = parent.add_subcommand(std::string(one.name()), std::string(one.help()));
    sub->fallthrough();
    cli11_arguments args(*sub);
    one.declare(args);
    // Called from the innermost command outwards.
    sub->parse_complete_callback([&chosen, &one, sub] {
        if (sub->get_subcommands().empty()) chosen = &one;
    });
    for (auto& child : one.children()) {
        auto& kept = *below.emplace_back(std::move(child));
        declare(*sub, kept, below, chosen);
    }
}

/// "unknown command" with the nearest name, where the first word is none of the commands.
std::string explain(const CLI::ParseError& wrong, const CLI::App& program, int argc, char** argv) {
    std::vector<std::string_view> names;
    for (const auto* sub : program.get_subcommands([](const CLI::App*) { return true; }))
        names.push_back(sub->get_name());
    const bool extra = dynamic_cast<const CLI::ExtrasError*>(&wrong) != nullptr;
    if (extra && argc > 1 && argv[1][0] != '-' && std::ranges::count(names, std::string_view(argv[1])) == 0)
        return fmt::format("there is no command {}{}", croft::quoted(argv[1]), did_you_mean(argv[1], names));
    std::string line = wrong.what();
    std::ranges::replace(line, '\n', ' ');
    return line;
}

}  // namespace

parsed_line parse(const std::string& program, int argc, char** argv, std::vector<std::unique_ptr<command>>& commands) {
    const auto title = fmt::format("{}, built with Croft {}", program, app::version());
    CLI::App app(title, program);
    app.set_version_flag("--version", title);
    app.require_subcommand(0, 1);
    app.get_formatter()->column_width(28);
    parsed_line line;
    setting_flags settings;
    settings.add_to(app);
    owned below;
    for (auto& one : commands) declare(app, *one, below, line.chosen);
    for (auto& one : below) commands.push_back(std::move(one));
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& stop) {
        line.chosen = nullptr;
        if (stop.get_exit_code() == 0) {
            app.exit(stop);  // prints help or version
            return line;
        }
        fmt::print(stderr, "{}: {} (see {} --help)\n", program, explain(stop, app, argc, argv), program);
        line.code = unusable;
        return line;
    }
    if (!line.chosen) fmt::print("{}", app.help());
    line.file = settings.file;
    line.flags = settings.given();
    line.verbose = settings.verbose;
    return line;
}

}  // namespace croft::cli
