// robots.txt, as RFC 9309 has it and Google's parser reads it: what a site lets a crawler fetch.
// Reach for it before every request to a site that isn't one's own.
//
//     auto rules = croft::text::robots::parse(response.body);
//     if (rules.allowed("croft/1.0", "https://site.example/items?page=2")) …
//
// Reading never fails: a line that makes no sense is skipped, bytes after the first 500 KiB don't count. Of the rules
// of all groups that name the crawler (else of those for "*") the longest that matches wins, "allow" where two are as
// long; "*" stands for any bytes and a "$" at the end for the end of the URL.
// Bytes outside ASCII are compared percent-encoded and %c3 is %C3 (section 2.2.2). In one point Google's parser is
// followed rather than the RFC's letter: %62 is not decoded to "b" before the comparison.
//
// Immutable once parsed: any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace croft::text {

class robots {
public:
    /// No rules: everything is allowed, as where a site has no robots.txt (section 2.3.1.3).
    robots() = default;

    static robots parse(std::string_view bytes);

    /// `agent` is the crawler's product token or a User-Agent that starts with it ("croft/1.0 (+https://…)"). `url` is
    /// absolute, or a path that starts with "/"; its fragment is ignored.
    bool allowed(std::string_view agent, std::string_view url) const;

    /// The pause that the site asks for between two requests (`Crawl-delay`, seconds; not in the RFC, but common); the
    /// longest where several groups name the crawler. Negative and absurd ones (over a day) are not there.
    std::optional<std::chrono::milliseconds> crawl_delay(std::string_view agent) const;

    /// The URLs of `Sitemap` lines, in their order, not checked.
    const std::vector<std::string>& sitemaps() const { return sitemaps_; }

private:
    friend class robots_reader;
    struct rule {
        std::string pattern;  // normalised
        bool allow;
    };
    struct group {
        std::vector<std::string> agents;  // product tokens in lower case, or "*"
        std::vector<rule> rules;
        std::optional<std::chrono::milliseconds> delay;
    };

    std::vector<const group*> groups_for(std::string_view agent) const;

    std::vector<group> groups_;
    std::vector<std::string> sitemaps_;
};

}  // namespace croft::text
