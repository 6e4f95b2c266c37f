#include "db/url.hpp"

#include <fmt/format.h>

namespace croft::db {
namespace {

constexpr std::string_view postgres_form = "postgresql://USER:PASSWORD@HOST:PORT/DATABASE?OPTION=VALUE";

/// A raw '@' or '/' in a password would make its tail a host or a database, which messages show.
bool has_stray_at(std::string_view rest) {
    const auto at = rest.find('@');
    return at != rest.npos && (rest.find_first_of("/?") < at || rest.find('@', at + 1) != rest.npos);
}

}  // namespace

place read_url(std::string_view url, std::string_view about) {
    for (const std::string_view scheme : {"postgresql://", "postgres://"}) {
        if (!url.starts_with(scheme)) continue;
        if (has_stray_at(url.substr(scheme.size())))
            throw config_error(
                fmt::format("{}has an '@' too many: special characters are percent-encoded (@ is %40, "
                            "/ is %2F, ? is %3F) in {}",
                            about, postgres_form));
        return {engine::postgres, {}};
    }
    auto path = url;
    if (url.starts_with("sqlite:")) {
        path.remove_prefix(7);
        if (path.starts_with("//")) path.remove_prefix(2);  // sqlite:///srv/app.db
        if (path.contains('?')) throw config_error(fmt::format("{}has a '?': sqlite:PATH has no options", about));
    } else if (url.find_first_of(":=@?") != url.npos) {  // another URL, a mistyped one, or libpq's "host=… password=…"
        throw config_error(
            fmt::format("{}is none that is known: use sqlite:PATH, sqlite::memory: or {}", about, postgres_form));
    }
    if (path.empty()) throw config_error(fmt::format("{}names no file: use sqlite:PATH", about));
    return {engine::sqlite, std::string(path)};
}

}  // namespace croft::db
