#include "migrate/move.hpp"

#include <fmt/format.h>

#include "app/wanted_schema.hpp"
#include "cli/commands.hpp"
#include "db/url.hpp"

namespace croft::cli {
namespace {

task<std::vector<migrations::moved_table>> move_all(std::string from, std::string to) {
    const auto source = co_await db::database::open(std::move(from), {.readers = 1, .read_only = true});
    const auto target = co_await db::database::open(std::move(to), {.readers = 1, .check_references = false});
    const auto wanted = app::wanted_schema();
    auto moved = co_await migrations::move(source.get(), target.get(), &wanted, &app::program_migrations(),
                                           {.tell = [](std::string_view line) { fmt::print(stderr, "{}\n", line); }});
    co_await target->close();
    co_await source->close();
    co_return moved;
}

class move final : public command {
public:
    std::string_view name() const override { return "move"; }
    std::string_view help() const override { return "copy all data, history too, into a new database and compare"; }
    void declare(arguments& args) override {
        args.positional("from", from_, "the database that is there: sqlite:PATH or postgresql://…");
        args.positional("to", to_, "the new one, empty, or with what an interrupted move has brought");
    }
    int run(const context&) override {
        db::read_url(from_, "from ");
        db::read_url(to_, "to ");
        if (!app::database_exists(from_)) throw command_error(from_ + ": there is no such database");
        std::int64_t rows = 0;
        const auto moved = croft::run(move_all(from_, to_));
        for (auto& one : moved) {
            fmt::print("{:<32} {:>12} rows  {:016x}\n", one.name, one.rows, one.checksum);
            rows += one.rows;
        }
        fmt::print("{} tables, {} rows, the same on both sides\n", moved.size(), rows);
        return done;
    }

private:
    std::string from_, to_;
};

}  // namespace

std::unique_ptr<command> move_command() { return std::make_unique<move>(); }

}  // namespace croft::cli
