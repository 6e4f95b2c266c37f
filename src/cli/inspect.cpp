#include "migrate/inspect.hpp"

#include <fmt/format.h>

#include "app/wanted_schema.hpp"
#include "cli/commands.hpp"

namespace croft::cli {
namespace {

task<std::string> read_models(std::string url, std::vector<std::string> tables) {
    const auto base = co_await db::database::open(std::move(url), {.readers = 1, .read_only = true});
    auto text = migrations::models_for(co_await migrations::read_shape(base.get()), std::move(tables), base->kind());
    co_await base->close();
    co_return text;
}

class inspect final : public command {
public:
    std::string_view name() const override { return "inspect"; }
    std::string_view help() const override { return "print model declarations for a database that is there"; }
    void declare(arguments& args) override {
        args.positional("url", url_, "sqlite:PATH or postgresql://…");
        args.rest("tables", tables_, "only these (default: all but Croft's own)");
    }
    int run(const context&) override {
        if (!app::database_exists(url_)) throw command_error(url_ + ": there is no such database");
        fmt::print("{}", croft::run(read_models(url_, tables_)));
        return done;
    }

private:
    std::string url_;
    std::vector<std::string> tables_;
};

}  // namespace

std::unique_ptr<command> inspect_command() { return std::make_unique<inspect>(); }

}  // namespace croft::cli
