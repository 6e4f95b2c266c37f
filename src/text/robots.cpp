#include "text/robots.hpp"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <utility>

#include "text/robots_path.hpp"

namespace croft::text {
namespace {

constexpr std::size_t size_limit = std::size_t{500} << 10;  // section 2.5: parsers must take at least 500 KiB

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> prefixes) {
    return std::ranges::any_of(prefixes, [&](std::string_view prefix) {
        return text.size() >= prefix.size() && std::ranges::equal(text.substr(0, prefix.size()), prefix, {}, lower);
    });
}

/// The letters, "_" and "-" that a User-Agent starts with (section 2.2.1), in lower case.
std::string product_token(std::string_view agent) {
    std::string token;
    for (const char c : agent) {
        const char low = lower(c);
        if ((low < 'a' || low > 'z') && low != '-' && low != '_') break;
        token += low;
    }
    return token;
}

struct line {
    std::string_view key, value;
};

/// "key: value # comment"; a blank does for the colon where there are just two words, as people forget it.
line split(std::string_view text) {
    text = trimmed(text.substr(0, text.find('#')));
    if (const auto colon = text.find(':'); colon != text.npos)
        return {trimmed(text.substr(0, colon)), trimmed(text.substr(colon + 1))};
    const auto key_end = std::ranges::find_if(text, is_blank);
    const std::string_view value = trimmed({key_end, text.end()});
    if (value.empty() || std::ranges::any_of(value, is_blank)) return {};
    return {{text.begin(), key_end}, value};
}

std::optional<std::chrono::milliseconds> delay_of(std::string_view value) {
    double seconds = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (error != std::errc{} || !(seconds >= 0 && seconds <= 86'400)) return std::nullopt;
    return std::chrono::ceil<std::chrono::milliseconds>(std::chrono::duration<double>(seconds));
}

}  // namespace

/// Takes the lines one by one. As in Google's parser only "allow" and "disallow" end a list of user agents, and what
/// comes before the first user agent belongs to nobody.
class robots_reader {
public:
    void take(std::string_view text) {
        const auto [key, value] = split(text);
        if (key.empty()) return;
        // Keys as Google takes them: any that starts so, and the misspellings that are seen most.
        if (starts_with_any(key, {"user-agent", "useragent", "user agent"})) {
            user_agent(value);
        } else if (starts_with_any(key, {"allow"})) {
            rule(value, true);
        } else if (starts_with_any(key, {"disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"})) {
            rule(value, false);
        } else if (starts_with_any(key, {"sitemap", "site-map"})) {
            if (!value.empty()) result.sitemaps_.emplace_back(value);
        } else if (starts_with_any(key, {"crawl-delay", "crawldelay"}) && !result.groups_.empty()) {
            result.groups_.back().delay = std::max(result.groups_.back().delay, delay_of(value));
        }
    }

    robots result;

private:
    void user_agent(std::string_view value) {
        if (!in_agents_) result.groups_.emplace_back();
        in_agents_ = true;
        const bool everyone = value.starts_with('*') && (value.size() == 1 || is_blank(value[1]));
        result.groups_.back().agents.push_back(everyone ? "*" : product_token(value));
    }
    void rule(std::string_view pattern, bool allow) {
        if (result.groups_.empty()) return;
        in_agents_ = false;
        if (!pattern.empty()) result.groups_.back().rules.push_back({normalised_robots_path(pattern), allow});
    }

    bool in_agents_ = false;
};

robots robots::parse(std::string_view bytes) {
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    bytes = bytes.substr(0, size_limit);
    robots_reader reader;
    while (!bytes.empty()) {
        const auto end = std::min(bytes.find_first_of("\r\n"), bytes.size());
        reader.take(bytes.substr(0, end));
        bytes.remove_prefix(std::min(end + 1, bytes.size()));
    }
    return std::move(reader.result);
}

std::vector<const robots::group*> robots::groups_for(std::string_view agent) const {
    std::vector<const group*> found;
    const auto collect = [&](const std::string& token) {
        for (const group& each : groups_)
            if (std::ranges::find(each.agents, token) != each.agents.end()) found.push_back(&each);
    };
    if (const auto token = product_token(agent); !token.empty()) collect(token);
    if (found.empty()) collect("*");
    return found;
}

bool robots::allowed(std::string_view agent, std::string_view url) const {
    const std::string path = normalised_robots_path(robots_path(url));
    std::size_t longest = 0;
    bool answer = true;
    for (const group* each : groups_for(agent))
        for (const auto& [pattern, allow] : each->rules)
            if ((pattern.size() > longest || (pattern.size() == longest && allow)) &&
                robots_pattern_matches(pattern, path)) {
                longest = pattern.size();
                answer = allow;
            }
    return answer;
}

std::optional<std::chrono::milliseconds> robots::crawl_delay(std::string_view agent) const {
    std::optional<std::chrono::milliseconds> longest;
    for (const group* each : groups_for(agent)) longest = std::max(longest, each->delay);
    return longest;
}

}  // namespace croft::text
