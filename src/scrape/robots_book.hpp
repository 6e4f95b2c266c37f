// The robots.txt of every origin, fetched when first needed and kept for a day (RFC 9309 §2.4). Loop thread only.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "croft/http.hpp"
#include "text/robots.hpp"

namespace croft::scrape {

class robots_book {
public:
    /// Fetches a robots.txt, redirects followed; throws http::error.
    using fetcher = std::function<task<http::response>(std::string url)>;

    /// The rules of `origin` ("https://site.example"). Throws http::robots_error, repeatable, when they can't be had:
    /// then nothing may be fetched (§2.3.1.4), unless older rules are known.
    task<std::shared_ptr<const text::robots>> rules(std::string origin, fetcher fetch);

private:
    struct page {
        semaphore turn{1};  // one fetches, the others wait for what it finds
        std::shared_ptr<const text::robots> rules;
        duration valid_until{0};
        std::string failure;
        int failures = 0;
        bool known = false;
    };
    task<> refresh(page* one, std::string url, fetcher fetch);
    std::map<std::string, page> pages_;
};

}  // namespace croft::scrape
