// URLs: parsed, resolved and normalised the way browsers do (WHATWG URL, whose results on valid input are RFC 3986's).
//
//     auto base = url::parse("https://site.example/a/list.php?page=2");
//     base.resolve("../item.php?id=7")->text();          // "https://site.example/item.php?id=7"
//     base.parameter("page");                            // "2"
//
// Lenient as browsers are: white space around, tabs and line breaks inside, backslashes, and characters that should
// have been percent-encoded. Host names outside ASCII stay as they are, in UTF-8 (the HTTP client does IDNA). A value;
// any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "croft/error.hpp"

namespace croft::text {

class url {
public:
    /// An absolute URL of at most 64 KiB; the failure's column is that of the offending part.
    static parsed<url> try_parse(std::string_view text);
    /// The same; throws parse_error that shows the text.
    static url parse(std::string_view text);

    /// `reference` as a link on the page at this URL (RFC 3986 section 5.2).
    parsed<url> resolve(std::string_view reference) const;

    const std::string& scheme() const noexcept { return scheme_; }        // lower case
    const std::string& user_info() const noexcept { return user_info_; }  // as written, encoded; empty if none
    const std::string& host() const noexcept { return host_; }            // lower case; IPv6 in brackets
    /// Only when it isn't the scheme's own.
    std::optional<std::uint16_t> port() const noexcept { return port_; }
    /// The port to connect to; 0 for schemes without one.
    std::uint16_t effective_port() const noexcept;
    const std::string& path() const noexcept { return path_; }                         // encoded, without dot segments
    const std::optional<std::string>& query() const noexcept { return query_; }        // encoded, without '?'
    const std::optional<std::string>& fragment() const noexcept { return fragment_; }  // encoded, without '#'

    /// The whole URL, normalised: equal texts are the same resource.
    std::string text() const;
    std::string without_fragment() const;
    /// "https://site.example:8080"; of schemes without a host just "scheme:".
    std::string origin() const;
    /// What an HTTP request line carries: path and query.
    std::string target() const;

    /// The first query parameter of that name, decoded ('+' is a space).
    std::optional<std::string> parameter(std::string_view name) const;
    std::vector<std::pair<std::string, std::string>> parameters() const;
    /// Adds to the query, encoded.
    url& append_parameter(std::string_view name, std::string_view value);
    /// Replaces all of that name by one, at the first one's place.
    url& set_parameter(std::string_view name, std::string_view value);
    url& drop_fragment() noexcept { return fragment_.reset(), *this; }

    friend bool operator==(const url&, const url&) = default;

private:
    friend class url_reader;
    std::string scheme_, user_info_, host_, path_;
    std::optional<std::uint16_t> port_;
    std::optional<std::string> query_, fragment_;
    bool has_authority_ = false;
    bool opaque_ = false;  // mailto:, javascript:, data: — nothing can be relative to these
};

/// Everything but letters, digits and "-._~" as %XX.
std::string percent_encode(std::string_view text);
/// A '%' without two hexadecimal digits after it stays.
std::string percent_decode(std::string_view text);
/// As percent_encode, with '+' for a space (application/x-www-form-urlencoded).
std::string form_encode(std::string_view text);
std::string form_decode(std::string_view text);
/// The parameters of a query string or form body.
std::vector<std::pair<std::string, std::string>> form_parameters(std::string_view query);
/// "a=1&b=x+y"
std::string form_query(const std::vector<std::pair<std::string, std::string>>& parameters);

/// Of any reference, absolute or not ("item.php?id=7#top"): the first parameter of that name, decoded.
std::optional<std::string> parameter_of_reference(std::string_view reference, std::string_view name);

}  // namespace croft::text
