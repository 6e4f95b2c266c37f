#include <algorithm>

#include "croft/html.hpp"
#include "net/ascii.hpp"
#include "net/redirect.hpp"
#include "scrape/answer_state.hpp"

namespace croft::http {

namespace {

constexpr std::size_t shown_body = 200, kept_body = 1024;

/// Of "text/html; charset=ISO-8859-1" the character set (RFC 9110 §8.3.1); empty without one.
std::string charset_of(std::string_view content_type) {
    while (!content_type.empty()) {
        const auto end = std::min(content_type.find(';'), content_type.size());
        const auto part = net::trimmed(content_type.substr(0, end));
        content_type.remove_prefix(std::min(end + 1, content_type.size()));
        if (!net::same_name(part.substr(0, 8), "charset=")) continue;
        auto value = part.substr(8);
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
        return std::string(value);
    }
    return {};
}

std::string reason_of(const response& reply) {
    std::string reason = std::to_string(reply.status);
    if (const auto phrase = reason_phrase(reply.status); !phrase.empty()) reason.append(" ").append(phrase);
    std::string shown = reply.body.substr(0, shown_body);
    for (char& c : shown)
        if (static_cast<unsigned char>(c) < ' ') c = ' ';
    if (!shown.empty()) reason += ", \"" + shown + (reply.body.size() > shown_body ? "…\"" : "\"");
    return reason;
}

}  // namespace

int answer::status() const noexcept {
    state_->status_seen = true;
    return state_->reply.status;
}

std::optional<std::string_view> answer::header(std::string_view name) const noexcept {
    return state_->reply.headers.find(name);
}
const std::string& answer::url() const noexcept { return state_->reply.url; }
bool answer::not_modified() const noexcept { return state_->not_modified; }
const std::string& answer::payload() const noexcept { return state_->payload; }

void answer::require_success() const {
    const auto& [method, reply, tries, retry_after, unchanged, payload, seen, parsed] = *state_;
    if (seen || reply.status < 400) return;
    throw status_error({.method = method,
                        .url = net::without_password(reply.url),
                        .reason = reason_of(reply),
                        .tries = tries,
                        .repeatable = reply.status == 429 || reply.status >= 500,
                        .retry_after = retry_after},
                       reply.status, reply.body.substr(0, kept_body));
}

const std::string& answer::text() const& {
    require_success();
    return state_->reply.body;
}

std::string answer::text() && { return text(); }

const croft::json& answer::json() const& {
    require_success();
    auto& parsed = state_->parsed;
    if (!parsed) parsed = croft::json::parse(state_->reply.body, net::without_password(url()));
    return *parsed;
}

croft::json answer::json() && {
    const auto& value = json();
    if (state_.use_count() > 1) return value;  // another handle may still ask for it
    return std::move(*state_->parsed);
}

croft::html::document answer::html() const {
    require_success();
    return croft::html::document::parse(
        state_->reply.body,
        {.source = net::without_password(url()), .charset = charset_of(state_->reply.headers["content-type"])});
}

}  // namespace croft::http
