#include "migrate/program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "base/text.hpp"
#include "migrate/print.hpp"

namespace croft::migrations {
namespace {

std::vector<migration>& registry() {
    static std::vector<migration> all;
    return all;
}

std::string place_of(const migration& one) {
    return fmt::format("{}:{}", std::filesystem::path(one.file).filename().string(), one.line);
}

int number_of(const listed_migration& one) {
    int number = 0;
    const auto [end, code] = std::from_chars(one.name.data(), one.name.data() + one.name.size(), number);
    if (code != std::errc() || number <= 0 || *end != '_')
        throw error(fmt::format("{}: a migration is named by its number and a word: \"0002_prices\", not \"{}\"",
                                one.place, one.name));
    return number;
}

bool runs_concurrently(const operation& step) {
    const auto* made = std::get_if<add_index>(&step);
    const auto* gone = std::get_if<drop_index>(&step);
    return (made && made->options.concurrently) || (gone && gone->options.concurrently);
}

numbered read(listed_migration listed) {
    numbered made{.name = listed.name, .number = number_of(listed), .place = std::move(listed.place)};
    made.operations = std::move(listed.operations);
    made.hash = hash_of(made.operations);
    made.outside_transaction = std::ranges::any_of(made.operations, runs_concurrently);
    if (made.outside_transaction && !std::ranges::all_of(made.operations, runs_concurrently))
        throw error(
            fmt::format("{}: an index that is made concurrently runs outside of a transaction: put it into a "
                        "migration of its own",
                        made.place));
    return made;
}

}  // namespace

bool declare(migration made) {
    registry().push_back(std::move(made));
    return true;
}

std::vector<listed_migration> declared_migrations() {
    std::vector<listed_migration> all;
    for (auto& one : registry()) all.push_back({one.name, place_of(one), one.operations()});
    return all;
}

difference numbered::backwards(const schema& before) const {
    std::vector<schema> shapes{before};
    for (auto& step : operations) {
        shapes.push_back(shapes.back());
        replay(shapes.back(), step);
    }
    difference all;
    for (std::size_t i = operations.size(); i-- > 0;) {
        const auto back = inverse(operations[i], shapes[i]);
        if (!back) throw error(fmt::format("{}: {} has no way back", name, to_cpp(operations[i])));
        if (!back->problems.empty())
            throw error(fmt::format("{}: {} has no way back: {}", name, to_cpp(operations[i]), back->problems.front()));
        all.operations.insert(all.operations.end(), back->operations.begin(), back->operations.end());
        all.destroys.insert(all.destroys.end(), back->destroys.begin(), back->destroys.end());
    }
    return all;
}

program::program(std::vector<listed_migration> listed) {
    for (auto& one : listed) all_.push_back(read(std::move(one)));
    std::ranges::sort(all_, {}, &numbered::number);
    for (std::size_t i = 1; i < all_.size(); ++i)
        if (all_[i].number == all_[i - 1].number)
            throw error(
                fmt::format("{} and {} have the same number: give the later one the next free number, in its name "
                            "and its file's",
                            all_[i - 1].place, all_[i].place));
    shapes_.emplace_back();
    for (auto& one : all_) {
        shapes_.push_back(shapes_.back());
        for (auto& step : one.operations) try {
                replay(shapes_.back(), step);
            } catch (const error& wrong) {
                throw error(fmt::format("{}: {}: {}", one.place, one.name, wrong.what()));
            }
    }
}

std::size_t program::up_to(std::string_view name) const {
    if (name.empty()) throw error("the last migration that is to be applied has no name: say its number; zero: none");
    if (name == "zero" || name.find_first_not_of('0') == name.npos) return 0;
    int number = 0;
    const auto [end, code] = std::from_chars(name.data(), name.data() + name.size(), number);
    const bool is_number = code == std::errc() && end == name.data() + name.size();
    std::vector<std::string_view> known;
    for (std::size_t i = 0; i < all_.size(); ++i) {
        if (all_[i].name == name || (is_number && all_[i].number == number)) return i + 1;
        known.push_back(all_[i].name);
    }
    throw error(fmt::format("there is no migration \"{}\"{}", name, did_you_mean(name, known)));
}

}  // namespace croft::migrations
