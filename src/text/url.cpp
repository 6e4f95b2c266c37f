#include "text/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace croft::text {
namespace {

constexpr std::size_t longest = 64 * 1024;

struct known_scheme {
    std::string_view name;
    std::uint16_t port;
};
// "Special" in WHATWG's words: hierarchical, with a host, and with backslashes read as slashes.
constexpr known_scheme special_schemes[] = {{"http", 80}, {"https", 443}, {"ws", 80},
                                            {"wss", 443}, {"ftp", 21},    {"file", 0}};

const known_scheme* special(std::string_view scheme) {
    const auto* found = std::find_if(std::begin(special_schemes), std::end(special_schemes),
                                     [&](const known_scheme& known) { return known.name == scheme; });
    return found == std::end(special_schemes) ? nullptr : found;
}

bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string lower(std::string_view text) {
    std::string out(text);
    for (auto& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

// Controls, space and non-ASCII always; the rest by part (WHATWG URL section 1.3). An existing %XX stays.
std::string encoded(std::string_view text, std::string_view also) {
    constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= 0x20 || byte >= 0x7F || also.contains(c)) {
            out.append({'%', digits[byte >> 4], digits[byte & 15]});
        } else {
            out.push_back(c);
        }
    }
    return out;
}

constexpr std::string_view in_path = "\"#<>?`{}^";
constexpr std::string_view in_query = "\"#<>";
constexpr std::string_view in_special_query = "\"#<>'";
constexpr std::string_view in_fragment = "\"<>`";
constexpr std::string_view in_user_info = "\"#<>?`{}/:;=@[\\]^|";

std::string cleaned(std::string_view text) {
    while (!text.empty() && static_cast<unsigned char>(text.front()) <= 0x20) text.remove_prefix(1);
    while (!text.empty() && static_cast<unsigned char>(text.back()) <= 0x20) text.remove_suffix(1);
    std::string out(text);
    std::erase_if(out, [](char c) { return c == '\t' || c == '\n' || c == '\r'; });
    return out;
}

// The scheme at the start, without ':'; empty if there is none.
std::string_view scheme_of(std::string_view text) {
    if (text.empty() || !is_alpha(text[0])) return {};
    std::size_t end = 1;
    while (end < text.size() &&
           (is_alpha(text[end]) || is_digit(text[end]) || std::string_view("+-.").contains(text[end])))
        ++end;
    return end < text.size() && text[end] == ':' ? text.substr(0, end) : std::string_view();
}

bool is_dot(std::string_view segment) { return segment == "." || lower(segment) == "%2e"; }
bool is_double_dot(std::string_view segment) {
    const auto text = lower(segment);
    return text == ".." || text == ".%2e" || text == "%2e." || text == "%2e%2e";
}

// RFC 3986 section 5.2.4, on an absolute path.
std::string without_dots(std::string_view path, std::string_view slashes) {
    std::vector<std::string_view> kept;
    for (bool last = false; !last;) {
        path.remove_prefix(1);  // the slash
        const auto end = std::min(path.find_first_of(slashes), path.size());
        const auto segment = path.substr(0, end);
        last = end == path.size();
        path.remove_prefix(end);
        if (is_double_dot(segment)) {
            if (!kept.empty()) kept.pop_back();
            if (last) kept.push_back({});
        } else if (is_dot(segment)) {
            if (last) kept.push_back({});
        } else {
            kept.push_back(segment);
        }
    }
    std::string out;
    for (const auto segment : kept) out.append("/").append(encoded(segment, in_path));
    return out.empty() ? "/" : out;
}

}  // namespace

// Reads one URL or reference; `failed` says why it isn't one.
class url_reader {
public:
    explicit url_reader(std::string_view text) : cleaned_(cleaned(text)), rest_(cleaned_) {}

    parsed<url> read(const url* base) {
        if (rest_.size() > longest) return failure("a URL this long");
        const auto scheme = scheme_of(rest_);
        const auto name = lower(scheme);
        if (scheme.empty()) {
            if (!base) return failure("expected a scheme, as in https://");
            return relative(*base);
        }
        const auto after = rest_.substr(scheme.size() + 1);
        // "http:item.php" on an http page is relative, by old habit.
        if (base && special(name) && name == base->scheme_ && !starts_with_slash(after, true)) {
            rest_ = after;
            return relative(*base);
        }
        out_.scheme_ = name;
        rest_ = after;
        return absolute();
    }

private:
    std::unexpected<parse_failure> failure(std::string message) const {
        return std::unexpected(parse_failure{std::move(message), 1, cleaned_.size() - rest_.size() + 1});
    }
    bool is_special() const { return special(out_.scheme_) != nullptr; }
    std::string_view slashes() const { return is_special() ? "/\\" : "/"; }
    static bool starts_with_slash(std::string_view text, bool backslash_too) {
        return !text.empty() && (text[0] == '/' || (backslash_too && text[0] == '\\'));
    }
    bool at_slash(std::size_t ahead = 0) const {
        return rest_.size() > ahead && starts_with_slash(rest_.substr(ahead), is_special());
    }

    parsed<url> absolute() {
        if (is_special() && out_.scheme_ != "file") {  // any number of slashes leads to the host
            while (at_slash()) rest_.remove_prefix(1);
            return authority_and_rest();
        }
        if (at_slash() && at_slash(1)) {
            rest_.remove_prefix(2);
            return authority_and_rest();
        }
        if (out_.scheme_ == "file") out_.has_authority_ = true;
        out_.opaque_ = !at_slash() && out_.scheme_ != "file";
        read_path("");
        return tail();
    }

    parsed<url> relative(const url& base) {
        if (base.opaque_ && !rest_.starts_with('#')) return failure("can't be relative to a " + base.scheme_ + " URL");
        out_.scheme_ = base.scheme_;
        if (at_slash() && at_slash(1)) {
            rest_.remove_prefix(2);
            return authority_and_rest();
        }
        out_ = base;
        out_.fragment_.reset();
        if (!rest_.empty() && rest_[0] != '#') {
            out_.query_.reset();
            if (rest_[0] != '?') read_path(at_slash() ? "" : base.path_.substr(0, base.path_.rfind('/') + 1));
        }
        return tail();
    }

    parsed<url> authority_and_rest() {
        out_.has_authority_ = true;
        const auto authority = rest_.substr(0, rest_.find_first_of(is_special() ? "/\\?#" : "/?#"));
        const auto at = authority.rfind('@');
        if (at != authority.npos) {
            const auto user = authority.substr(0, at);
            const auto colon = std::min(user.find(':'), user.size());
            out_.user_info_ = encoded(user.substr(0, colon), in_user_info);
            if (colon < user.size()) out_.user_info_ += ":" + encoded(user.substr(colon + 1), in_user_info);
        }
        const auto host_and_port = at == authority.npos ? authority : authority.substr(at + 1);
        if (auto message = read_host_and_port(host_and_port); !message.empty()) return failure(std::move(message));
        rest_.remove_prefix(authority.size());
        read_path("");
        return tail();
    }

    std::string read_host_and_port(std::string_view text) {
        const auto bracket = text.starts_with('[') ? text.find(']') : 0;
        if (bracket == text.npos) return "an IPv6 address that doesn't end";
        const auto colon = text.find(':', bracket);
        const auto host = text.substr(0, colon);
        if (auto message = read_host(host, bracket > 0); !message.empty()) return message;
        if (colon == text.npos || colon + 1 == text.size()) return {};
        const auto digits = text.substr(colon + 1);
        std::uint16_t port = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
        if (error != std::errc{} || end != digits.data() + digits.size()) return fmt::format("'{}' is no port", digits);
        const auto* known = special(out_.scheme_);
        if (!known || known->port != port) out_.port_ = port;
        return {};
    }

    std::string read_host(std::string_view text, bool in_brackets) {
        out_.host_ = lower(is_special() ? percent_decode(text) : std::string(text));
        if (out_.host_.empty()) return is_special() && out_.scheme_ != "file" ? "a host is missing" : "";
        if (in_brackets) {
            const auto inside = std::string_view(out_.host_).substr(1);
            const bool fine = inside.size() > 2 && inside.find_first_not_of("0123456789abcdef:.]") == inside.npos &&
                              inside.find(']') == inside.size() - 1 && inside.contains(':');
            return fine ? "" : fmt::format("'{}' is no IPv6 address", text);
        }
        const bool forbidden = std::any_of(out_.host_.begin(), out_.host_.end(), [](char c) {
            return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || std::string_view("#/:<>?@[\\]^|%").contains(c);
        });
        return forbidden ? fmt::format("'{}' is no host name", text) : "";
    }

    // `before`: the base's folder, when the path is relative to it.
    void read_path(std::string_view before) {
        const auto path = rest_.substr(0, rest_.find_first_of("?#"));
        rest_.remove_prefix(path.size());
        if (out_.opaque_) {
            out_.path_ = encoded(path, "");
            return;
        }
        std::string whole = std::string(before) + std::string(path);
        if (whole.empty() && !is_special()) {
            out_.path_.clear();
            return;
        }
        if (!starts_with_slash(whole, is_special())) whole.insert(0, "/");
        out_.path_ = without_dots(whole, slashes());
    }

    parsed<url> tail() {
        if (rest_.starts_with('?')) {
            const auto query = rest_.substr(1, rest_.find('#') - 1);
            out_.query_ = encoded(query, is_special() ? in_special_query : in_query);
            rest_.remove_prefix(query.size() + 1);
        }
        if (rest_.starts_with('#')) out_.fragment_ = encoded(rest_.substr(1), in_fragment);
        return std::move(out_);
    }

    std::string cleaned_;
    std::string_view rest_;
    url out_;
};

parsed<url> url::try_parse(std::string_view text) { return url_reader(text).read(nullptr); }

url url::parse(std::string_view text) {
    auto result = try_parse(text);
    if (!result) throw parse_error(fmt::format("URL '{}'", text.substr(0, 200)), std::move(result).error());
    return *std::move(result);
}

parsed<url> url::resolve(std::string_view reference) const { return url_reader(reference).read(this); }

std::uint16_t url::effective_port() const noexcept {
    if (port_) return *port_;
    const auto* known = special(scheme_);
    return known ? known->port : std::uint16_t{0};
}

std::string url::origin() const {
    if (!has_authority_) return scheme_ + ":";
    return fmt::format("{}://{}{}", scheme_, host_, port_ ? fmt::format(":{}", *port_) : "");
}

std::string url::target() const { return (path_.empty() ? "/" : path_) + (query_ ? "?" + *query_ : ""); }

std::string url::without_fragment() const {
    std::string out = scheme_ + ":";
    if (has_authority_) {
        out += "//";
        if (!user_info_.empty()) out += user_info_ + "@";
        out += host_;
        if (port_) out += fmt::format(":{}", *port_);
    } else if (path_.starts_with("//")) {
        out += "/.";  // else the path would be read as a host
    }
    out += path_;
    if (query_) out += "?" + *query_;
    return out;
}

std::string url::text() const { return without_fragment() + (fragment_ ? "#" + *fragment_ : ""); }

}  // namespace croft::text
