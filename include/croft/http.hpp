// Other people's web sites and APIs, asked politely: http::site.
//
//     const croft::http::site api("api", "https://api.example");
//
//     auto answer = co_await api.get("/items", {{"page", 2}});
//     for (auto& row : answer.json()["items"].array()) use(row);
//
// Behind it stands the app's one client: it obeys robots.txt and Retry-After, keeps to rate limits, retries what can be
// repeated, asks "has it changed?" where it holds an older answer, and keeps what came (see site_options).
// The address can be set by configuration: `site.api.url`, or CROFT_SITE_API in the environment.
//
// A site is a constant that outlives the tasks that use it: declare it at namespace scope. Making one is cheap and does
// nothing. Requests are for tasks of a running app; cancelling the task ends the request at once.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "croft/http_error.hpp"
#include "croft/http_message.hpp"
#include "croft/json.hpp"
#include "croft/task.hpp"

namespace croft::html {
class document;
}

namespace croft::http {

/// What a site answered. A handle: copies are cheap and share the body.
class answer {
public:
    /// 200, 404 … Who asks takes the matter into their own hands: text(), json() and html() don't throw then.
    int status() const noexcept;
    /// True for 200 to 299. Counts as asking for the status.
    bool ok() const noexcept { return status() >= 200 && status() < 300; }
    /// The first field of that name; names regardless of case.
    std::optional<std::string_view> header(std::string_view name) const noexcept;
    /// Where it came from, after redirects.
    const std::string& url() const noexcept;
    /// The source said that nothing has changed (304): the body is the one kept from before.
    bool not_modified() const noexcept;
    /// SHA-256 (hex) of the body under which it was kept; empty when it wasn't.
    const std::string& payload() const noexcept;

    // The body. Each throws status_error when the status is 4xx or 5xx and nobody has looked at it.
    /// As it came (the transfer's compression undone, the character set not).
    const std::string& text() const&;
    std::string text() &&;
    /// Parsed once, then kept. Throws parse_error that names URL, line and column.
    const croft::json& json() const&;
    croft::json json() &&;
    /// Parsed with the character set that the header names. #include <croft/html.hpp> to use it. Throws parse_error.
    croft::html::document html() const;

    struct state;
    explicit answer(std::shared_ptr<state> content) noexcept : state_(std::move(content)) {}

private:
    void require_success() const;
    std::shared_ptr<state> state_;
};

enum class robots : unsigned char { obey, ignore };

/// How a site is to be treated. The defaults suit a stranger's site.
struct site_options {
    /// Ignore only where the site's owner has agreed.
    http::robots robots = http::robots::obey;
    /// Sent with every request to this site's own origin, and to no other.
    header_list headers = {};
    /// Requests to one host at the same time.
    int concurrency = 4;
    /// Requests to one host a second; without it 10, and no limit for loopback addresses. robots.txt's Crawl-delay
    /// counts too.
    std::optional<double> per_second = {};
    /// Connecting, sending and receiving, for one try.
    duration timeout = std::chrono::seconds{60};
    /// A longer body (after decompression) is a body_error. Bytes.
    std::size_t max_body = std::size_t{64} << 20;
    /// GET and HEAD are tried so often at most, in 2 minutes at most.
    int tries = 4;
    /// The URL or mail address that the User-Agent names, so that the site's owner can complain.
    std::string contact = {};
    /// Keep what came, and ask conditionally. Needs a database.
    bool archive = true;
};

/// Exceptions for one request; what isn't set is as the site has it.
struct request_options {
    header_list headers = {};
    std::optional<duration> timeout = {};
    std::optional<std::size_t> max_body = {};
    std::optional<int> tries = {};
    /// Don't ask conditionally: have the source send the body even if it hasn't changed.
    bool no_cache = false;
    /// At most 10 redirects; false gives the 3xx answer itself.
    bool follow_redirects = true;
};

/// A source on the web. Paths are appended to its base URL; an absolute http or https URL is used as it is.
/// All requests throw http::error and what is derived from it; a 4xx or 5xx throws only when its body is asked for.
class site {
public:
    /// `name` is what configuration and logs call it: letters, digits and "-".
    site(std::string name, std::string base_url, site_options options = {});

    task<answer> get(std::string path, query parameters = {}, request_options options = {}) const;
    task<answer> head(std::string path, query parameters = {}, request_options options = {}) const;
    /// The value as application/json. Not repeated after a failure, like everything that isn't GET or HEAD.
    task<answer> post(std::string path, croft::json body, request_options options = {}) const;
    /// As an HTML form would send it: application/x-www-form-urlencoded.
    task<answer> post_form(std::string path, query fields, request_options options = {}) const;
    /// Any method, headers and body; `ask.url` may be a path of this site.
    task<answer> send(request ask, request_options options = {}) const;

    const std::string& name() const noexcept { return name_; }
    /// The declared one; configuration may say otherwise.
    const std::string& base_url() const noexcept { return base_url_; }
    const site_options& options() const noexcept { return options_; }

private:
    std::string name_, base_url_;
    site_options options_;
};

}  // namespace croft::http
