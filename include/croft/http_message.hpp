// HTTP messages: what a client sends and a server answers. Plain values; nothing here does I/O.
// Reach for it when you write a server's handler, or send something that http::site has no short form for.
//
//     croft::http::request ask{.method = "PUT", .url = "/things/3", .headers = {{"X-Trace", "7"}}, .body = "hoe"};
//     auto reply = croft::http::response::json(200, croft::json::object({{"ok", true}}));
//
// Any thread, as with other values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "croft/callback.hpp"

namespace croft {
class json;
template <class T>
class stream;
}  // namespace croft

namespace croft::http {

struct header {
    std::string name, value;
    friend bool operator==(const header&, const header&) = default;
};

/// Header fields in the order they came. Names are compared regardless of ASCII case (RFC 9110 §5.1).
class header_list {
public:
    header_list() noexcept;
    header_list(std::initializer_list<header> fields);
    header_list(const header_list&);
    header_list(header_list&&) noexcept;
    header_list& operator=(const header_list&);
    header_list& operator=(header_list&&) noexcept;
    ~header_list();

    /// The first field of that name; nothing when there is none. Valid until the list changes.
    std::optional<std::string_view> find(std::string_view name) const noexcept;
    /// The same, or an empty text.
    std::string_view operator[](std::string_view name) const noexcept {
        return find(name).value_or(std::string_view());
    }
    bool contains(std::string_view name) const noexcept { return find(name).has_value(); }
    /// Every field of that name: Set-Cookie may come more than once.
    std::vector<std::string_view> all(std::string_view name) const;

    /// Appends a field, whether or not there is one of that name.
    void add(std::string name, std::string value);
    /// Replaces all fields of that name by one.
    void set(std::string name, std::string value);
    /// True when there was one.
    bool erase(std::string_view name);

    auto begin() const noexcept { return fields_.begin(); }
    auto end() const noexcept { return fields_.end(); }
    std::size_t size() const noexcept { return fields_.size(); }
    bool empty() const noexcept { return fields_.empty(); }
    void reserve(std::size_t count);
    friend bool operator==(const header_list&, const header_list&) = default;

private:
    std::vector<header> fields_;
};

/// One parameter of a query or form: {"id", 42}. Numbers are printed, booleans become true and false.
struct parameter {
    std::string name, value;

    parameter(std::string key, std::string text) : name(std::move(key)), value(std::move(text)) {}
    parameter(std::string key, const char* text) : name(std::move(key)), value(text) {}
    parameter(std::string key, std::string_view text) : name(std::move(key)), value(text) {}
    template <class Number>
        requires(std::is_arithmetic_v<Number>)
    parameter(std::string key, Number number) : name(std::move(key)), value(printed(widest<Number>(number))) {}
    friend bool operator==(const parameter&, const parameter&) = default;

private:
    template <class Number>
    using widest = std::conditional_t<
        std::is_same_v<Number, bool>, bool,
        std::conditional_t<std::is_floating_point_v<Number>, double,
                           std::conditional_t<std::is_signed_v<Number>, std::int64_t, std::uint64_t>>>;
    static std::string printed(bool flag);
    static std::string printed(std::int64_t number);
    static std::string printed(std::uint64_t number);
    static std::string printed(double number);
};

/// Parameters in their order; a name may come more than once: {{"method", "items"}, {"page", 2}}.
class query {
public:
    query() noexcept;
    query(std::initializer_list<parameter> parameters);
    query(const query&);
    query(query&&) noexcept;
    query& operator=(const query&);
    query& operator=(query&&) noexcept;
    ~query();
    void add(parameter one);
    auto begin() const noexcept { return parameters_.begin(); }
    auto end() const noexcept { return parameters_.end(); }
    bool empty() const noexcept { return parameters_.empty(); }

    /// "method=items&page=2", percent-encoded as HTML forms are (URL Standard §5.2).
    std::string encoded() const;

private:
    std::vector<parameter> parameters_;
};

/// What is sent to a server. On the client's side `url` is absolute (or relative to a site); on the server's side it is
/// the target as it came: "/items?page=2".
struct request {
    std::string method = "GET";
    std::string url;
    header_list headers = {};
    std::string body = {};
    /// Server: the peer's address, "127.0.0.1:50412".
    std::string remote = {};

    /// The part of `url` before "?", as it came, without scheme and host.
    std::string_view path() const noexcept;
    /// The part between "?" and "#", as it came.
    std::string_view query_text() const noexcept;
    /// The first query parameter of that name, decoded.
    std::optional<std::string> parameter(std::string_view name) const;
};

/// What a server answers.
struct response {
    int status = 200;
    header_list headers = {};
    std::string body = {};
    /// Server: bytes that live as long as the program, sent instead of `body` without being copied.
    std::string_view fixed_body = {};
    /// Server: the body in pieces, sent as they come (server-sent events); instead of `body`. Kept alive by the server
    /// until the last piece, or until the reader has gone. #include <croft/stream.hpp> to write one.
    callback<stream<std::string>()> pieces = {};
    /// Client: where the answer came from, after redirects.
    std::string url = {};

    std::string_view content() const noexcept { return fixed_body.empty() ? std::string_view(body) : fixed_body; }

    static response of(int status, std::string content_type, std::string body);
    /// UTF-8 text, as text/plain.
    static response text(int status, std::string body) {
        return of(status, "text/plain; charset=utf-8", std::move(body));
    }
    static response html(int status, std::string body) {
        return of(status, "text/html; charset=utf-8", std::move(body));
    }
    static response json(int status, const croft::json& value);
};

/// "Not Found" for 404; empty for a number nobody registered.
std::string_view reason_phrase(int status) noexcept;

}  // namespace croft::http
