// almanac-upstream: a stand-in for the game's public API, over real HTTP on loopback. It is a stranger on the web, so
// it shares no code with Croft.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>

#include "http_rules.hpp"
#include "server.hpp"

namespace {

void read_address(const std::string& text, upstream::server_options& into) {
    const auto colon = text.rfind(':');
    const auto port = colon == text.npos ? std::nullopt : upstream::to_number(text.substr(colon + 1));
    if (!port || *port > 65535) throw std::runtime_error("--listen " + text + ": must be ADDRESS:PORT");
    into.host = text.substr(0, colon);
    into.port = static_cast<std::uint16_t>(*port);
}

void run(const std::string& listen, const std::string& mode, upstream::dataset_options data_options) {
    upstream::server_options options;
    read_address(listen, options);
    options.initial = upstream::parse_mode(mode);
    upstream::dataset data(std::move(data_options));
    upstream::serve(options, data, [](const std::string& url) {
        std::printf("almanac-upstream: listening on %s\n", url.c_str());
        std::fflush(stdout);
    });
}

}  // namespace

int main(int argc, char** argv) {
    std::string listen = "127.0.0.1:8001", mode = "{}";
    upstream::dataset_options data{.data = ALMANAC_DATA, .data_override = {}, .versions = {}};
    CLI::App app("A stand-in for the game's public API, for the example almanac and its tests.", "almanac-upstream");
    app.add_option("--listen", listen, "address and port, on loopback; port 0 takes a free one")->capture_default_str();
    app.add_option("--data", data.data, "minecraft-data's folder \"data\"");
    app.add_option("--data-override", data.data_override,
                   "folder whose <version>/<resource>.json go before the data's");
    app.add_option("--versions", data.versions, "which versions to publish, oldest first")->delimiter(',');
    app.add_option("--mode", mode, "how to misbehave, as JSON; at run time: POST /admin/mode")->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    try {
        run(listen, mode, std::move(data));
    } catch (const std::exception& e) {
        std::fprintf(stderr, "almanac-upstream: %s\n", e.what());
        return 1;
    }
}
