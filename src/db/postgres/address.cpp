#include "db/postgres/address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "db/postgres/libpq.hpp"

namespace croft::db::postgres {
namespace {

std::string percent_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           std::string_view("-._~/,:").contains(c);
        if (plain)
            out += c;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

bool is_secret(const PQconninfoOption& option) {
    return std::string_view(option.dispchar) == "*" || std::string_view(option.keyword).contains("password");
}

/// "postgresql://me@host:5432/shop?sslmode=require"
std::string name_of(const PQconninfoOption* options) {
    std::string user, host, port, database, others;
    for (const auto* option = options; option->keyword; ++option) {
        if (!option->val || is_secret(*option)) continue;
        const std::string_view keyword = option->keyword;
        const auto value = percent_encoded(option->val);
        if (keyword == "user")
            user = value + "@";
        else if (keyword == "host" && !value.starts_with('/') && !value.contains(','))
            host = value;
        else if (keyword == "port" && !value.contains(','))
            port = ":" + value;
        else if (keyword == "dbname")
            database = "/" + value;
        else
            others += fmt::format("{}{}={}", others.empty() ? "?" : "&", keyword, value);
    }
    if (host.empty() && !port.empty()) others += (others.empty() ? "?port=" : "&port=") + port.substr(1), port.clear();
    if (database.empty() && !others.empty()) database = "/";
    return "postgresql://" + user + host + port + database + others;
}

/// What is set unless the URL sets it.
void add_defaults(std::vector<std::pair<std::string, std::string>>& settings) {
    const auto given = [&](std::string_view keyword) {
        return std::ranges::any_of(settings, [&](const auto& one) { return one.first == keyword; });
    };
    for (auto [keyword, value] : {
             std::pair{"fallback_application_name", "croft"},
             // A server that vanished without a word is found out within a minute instead of two hours.
             std::pair{"keepalives_idle", "30"},
             std::pair{"keepalives_interval", "10"},
             std::pair{"keepalives_count", "3"},
             std::pair{"tcp_user_timeout", "60000"},
         })
        if (!given(keyword)) settings.emplace_back(keyword, value);
}

/// libpq takes "me:pass/word@host" for a host, a port and a database's name: its messages would show the password.
bool is_plausible(const PQconninfoOption* options) {
    for (const auto* option = options; option->keyword; ++option)
        if (option->val && std::string_view(option->keyword) == "port" &&
            std::string_view(option->val).find_first_not_of("0123456789,") != std::string_view::npos)
            return false;
    return true;
}

/// Throws for the first "?name=" or "&name=" that libpq has no option of.
void refuse_unknown_option(std::string_view url) {
    std::vector<std::string_view> known{"ssl"};  // JDBC's "ssl=true"
    const owned<PQconninfoOption> options(pq().PQconninfoParse("postgresql://", nullptr));
    for (const auto* one = options.get(); one && one->keyword; ++one) known.emplace_back(one->keyword);
    for (auto at = url.find('?'); at != url.npos; at = url.find('&', at + 1)) {
        const auto name = url.substr(at + 1, url.find_first_of("=&", at + 1) - at - 1);
        if (std::ranges::find(known, name) == known.end())
            throw config_error(fmt::format("the database URL has the option {}, which PostgreSQL doesn't know{}",
                                           croft::quoted(name), did_you_mean(name, known)));
    }
}

[[noreturn]] void refuse(std::string_view url) {  // libpq's own message may show the password
    refuse_unknown_option(url);
    throw config_error(
        "the database URL is none that PostgreSQL understands; it goes "
        "postgresql://USER:PASSWORD@HOST:PORT/DATABASE?OPTION=VALUE, with special characters percent-encoded");
}

}  // namespace

address read_address(const std::string& url, const options& tuning) {
    load_libpq();
    char* message = nullptr;
    const owned<PQconninfoOption> parsed(pq().PQconninfoParse(url.c_str(), &message));
    pq().PQfreemem(message);
    if (!parsed || !is_plausible(parsed.get())) refuse(url);
    address found{name_of(parsed.get()), {}, tuning.connect_timeout};
    for (const auto* option = parsed.get(); option->keyword; ++option) {
        if (!option->val) continue;
        const std::string_view keyword = option->keyword, value = option->val;
        if (keyword == "client_encoding") continue;
        if (int seconds = 0; keyword == "connect_timeout" &&
                             std::from_chars(value.data(), value.data() + value.size(), seconds).ec == std::errc{} &&
                             seconds > 0)
            found.connect_timeout = std::chrono::seconds(seconds);
        found.settings.emplace_back(keyword, value);
    }
    found.settings.emplace_back("client_encoding", "UTF8");
    add_defaults(found.settings);
    return found;
}

}  // namespace croft::db::postgres
