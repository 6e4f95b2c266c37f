#include "service.hpp"

#include <ctime>

#include "http_rules.hpp"

namespace upstream {
namespace {

reply set_mode(service& s, const std::string& body) try {
    s.troubles.set(parse_mode(body));
    return {200, {{"Content-Type", "application/json"}}, print_mode(s.troubles.current())};
} catch (const mode_error& e) {
    return refusal(400, e.what());
}

reply administer(service& s, const request& asked, const std::string& body) {
    const auto json = [](std::string text) {
        return reply{200, {{"Content-Type", "application/json"}}, std::move(text)};
    };
    if (asked.path == "/admin/mode" && asked.method == "POST") return set_mode(s, body);
    if (asked.path == "/admin/mode" && asked.method == "GET") return json(print_mode(s.troubles.current()));
    if (asked.path == "/admin/stats" && asked.method == "GET") return json(s.counts.print());
    if (asked.path == "/admin/stats" && asked.method == "DELETE") {
        s.counts.reset();
        return json(s.counts.print());
    }
    return refusal(404, "no such page");
}

reply limited(const mode& how) {
    auto refused = refusal(429, "too many requests");
    refused.headers.emplace_back("Retry-After", how.retry_after_date ? http_date(std::time(nullptr) + how.retry_after)
                                                                     : std::to_string(how.retry_after));
    return refused;
}

std::string without_encoding(reply& from) {  // the text that a broken answer breaks is the plain one
    std::erase_if(from.headers, [](const auto& header) { return header.first == "Content-Encoding"; });
    return std::move(from.body);
}

/// What is answered once fate has spoken; broken JSON keeps a validator out, lest a cache keep the wreck.
reply fated(service& s, request asked, const verdict& judged) {
    switch (judged.what) {
        case fate::fail:
            return refusal(static_cast<unsigned>(judged.how.fail_status), "the server has a bad day");
        case fate::limit:
            return limited(judged.how);
        case fate::broken_json: {
            asked.accept_encoding.clear();
            asked.if_none_match.clear();
            asked.if_modified_since.clear();
            auto made = answer(asked, s.data);
            auto text = without_encoding(made);
            std::erase_if(made.headers, [](const auto& h) { return h.first == "ETag" || h.first == "Last-Modified"; });
            made.body = text.substr(0, text.size() / 2);
            return made;
        }
        default:
            return answer(asked, s.data);
    }
}

std::string outcome(const verdict& judged, unsigned status) {
    const bool unanswered = judged.what == fate::refuse || judged.what == fate::break_off;
    const bool nameable = unanswered || judged.what == fate::broken_json;
    return nameable ? std::string(name(judged.what)) : std::to_string(status);
}

}  // namespace

visit receive(service& s, const request& asked, const std::string& body, double now) {
    if (asked.path.starts_with("/admin/")) return {administer(s, asked, body), {}};
    visit made;
    made.judged = s.troubles.judge(asked.path, now);
    made.answer = fated(s, asked, made.judged);
    s.counts.count(asked.path, outcome(made.judged, made.answer.status), asked.conditional());
    return made;
}

}  // namespace upstream
