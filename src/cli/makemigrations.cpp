#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "app/app_folder.hpp"
#include "app/wanted_schema.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "migrate/print.hpp"
#include "migrate/renames.hpp"

namespace croft::cli {
namespace {

using migrations::difference;
using migrations::renaming;
using migrations::schema;

/// "item.title=name" (a column) or "item=thing" (a table).
renaming read_renaming(const std::string& text) {
    const auto equals = text.find('='), dot = text.find('.');
    if (equals == text.npos || equals == 0 || equals + 1 == text.size())
        throw command_error(fmt::format("--rename {}: write TABLE.OLD=NEW for a column, OLD=NEW for a table", text),
                            unusable);
    const auto old = text.substr(0, equals);
    if (dot == text.npos || dot > equals) return {old, "", text.substr(equals + 1)};
    return {old.substr(0, dot), old.substr(dot + 1), text.substr(equals + 1)};
}

std::pair<std::string, value> read_fill(const std::string& text) {
    const auto equals = text.find('=');
    if (equals == text.npos || text.find('.') > equals)
        throw command_error(fmt::format("--fill {}: write TABLE.COLUMN=VALUE", text), unusable);
    return {text.substr(0, equals), text.substr(equals + 1)};
}

std::string described(const renaming& one) {
    return one.column.empty() ? fmt::format("{}={}", one.table, one.to)
                              : fmt::format("{}.{}={}", one.table, one.column, one.to);
}

bool at_a_terminal() { return isatty(STDIN_FILENO) && isatty(STDERR_FILENO); }

bool asked(const std::string& question) {
    fmt::print(stderr, "{} [y/N] ", question);
    std::string line;
    return std::getline(std::cin, line) && (line == "y" || line == "Y" || line == "yes");
}

/// "0003_item_price" out of what changes; initial for the first.
std::string name_for(std::size_t number, const std::optional<std::string>& given, const difference& work) {
    std::string words = number == 1 ? "initial" : "changes";
    if (given) {
        words = *given;
    } else if (number > 1 && work.operations.size() == 1) {
        words = migrations::to_cpp(work.operations.front());  // add_column("item", integer32("price")…
        std::string plain;
        for (const char c : words.substr(0, words.find('\n'))) {
            const bool in_word = std::isalnum(static_cast<unsigned char>(c)) || c == '_';
            if (in_word)
                plain += c;
            else if (!plain.empty() && plain.back() != '_')
                plain += '_';
        }
        words = plain.substr(0, 40);
        while (!words.empty() && words.back() == '_') words.pop_back();
    }
    for (const char c : words)
        if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_')
            throw command_error(
                fmt::format("{} can't be a migration's name: letters, digits and _", croft::quoted(words)), unusable);
    return fmt::format("{:04}_{}", number, words);
}

class make_migrations final : public command {
public:
    std::string_view name() const override { return "makemigrations"; }
    std::string_view help() const override { return "write the next migration from what changed in the models"; }
    void declare(arguments& args) override {
        args.optional_positional("name", name_, "what comes after its number; default: what it does");
        args.list("--rename", renames_, "TABLE.OLD=NEW", "a column (OLD=NEW: a table) goes on under a new name");
        args.list("--fill", fills_, "TABLE.COLUMN=VALUE", "what rows that are there get in a new, required column");
        args.flag("--allow-destructive", may_lose_, "write it although it drops data");
        args.flag("--print", print_, "print it and write nothing");
        args.option("--folder", folder_, "FOLDER", "where it is written (default: migrations/ in the app's folder)");
    }
    int run(const context&) override {
        const auto& before = app::program_migrations();
        const auto goal = migrations::schema_of(app::app_models());
        const auto decided = decide(before.end(), goal);
        const auto work = compare(before.end(), goal, decided);
        if (!work.problems.empty()) throw command_error(fmt::format("{}", fmt::join(work.problems, "; ")));
        if (work.operations.empty()) {
            fmt::print("nothing to do: the migrations make what the models want\n");
            return done;
        }
        require_word(work);
        const std::size_t number = before.empty() ? 1 : static_cast<std::size_t>(before.all().back().number) + 1;
        const auto name = name_for(number, name_, work);
        const auto text = migrations::file_text(name, work.operations);
        if (print_)
            fmt::print("{}", text);
        else
            write(name, text);
        return done;
    }

private:
    migrations::known decide(const schema& before, const schema& goal) const {
        migrations::known decided{migrations::declared_renames(app::app_models(), migrations::names_in(before)), {}};
        for (auto& one : renames_) {
            auto said = read_renaming(one);
            if (std::ranges::find(decided.renames, said) == decided.renames.end()) decided.renames.push_back(said);
        }
        for (auto& one : fills_) decided.fills.insert(read_fill(one));
        std::vector<renaming> refused;
        for (;;) {
            std::vector<renaming> open;
            for (auto& one : possible_renames(before, goal, decided))
                if (std::ranges::find(refused, one) == refused.end()) open.push_back(one);
            if (open.empty()) return decided;
            auto& one = open.front();
            if (at_a_terminal() && !print_) {
                const auto what = one.column.empty()
                                      ? fmt::format("the table {} {}", one.table, one.to)
                                      : fmt::format("{}.{} {}.{}", one.table, one.column, one.table, one.to);
                (asked("Was " + what + " renamed (and not dropped and made anew)?") ? decided.renames : refused)
                    .push_back(one);
            } else if (may_lose_) {
                refused.push_back(one);
            } else {
                throw command_error(
                    fmt::format("{} may be a renaming: --rename {} says so, --allow-destructive that the old "
                                "one is dropped with its data",
                                described(one), described(one)));
            }
        }
    }

    void require_word(const difference& work) const {
        if (work.destroys.empty() || may_lose_) return;
        const auto lost = fmt::format("{}", fmt::join(work.destroys, "; "));
        if (at_a_terminal() && !print_ && asked(lost + ": go on?")) return;
        throw command_error(fmt::format("this loses data: {}; --allow-destructive writes it nevertheless", lost));
    }

    void write(const std::string& name, const std::string& text) const {
        const std::filesystem::path folder =
            folder_ ? std::filesystem::path(*folder_) : app::app_folder() / "migrations";
        std::filesystem::create_directories(folder);
        const auto file = folder / (name + ".cpp");
        if (std::filesystem::exists(file))
            throw command_error(
                fmt::format("{} is there already, and not in this program: build it first", file.string()));
        std::ofstream out(file);
        out << text;
        if (!out.flush()) throw command_error(fmt::format("{} can't be written", file.string()));
        fmt::print("{}\n  build the program, then migrate\n", file.string());
    }

    std::optional<std::string> name_, folder_;
    std::vector<std::string> renames_, fills_;
    bool may_lose_ = false, print_ = false;
};

}  // namespace

std::unique_ptr<command> makemigrations_command() { return std::make_unique<make_migrations>(); }

}  // namespace croft::cli
