#include "net/curl_transfer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "net/ascii.hpp"
#include "net/redirect.hpp"

namespace croft::net {

namespace {

long milliseconds(duration time) { return static_cast<long>(std::max<std::int64_t>(time.count() / 1000, 1)); }

bool breaks_lines(std::string_view text) noexcept {
    return text.find_first_of(std::string_view("\r\n\0", 3)) != text.npos;
}

}  // namespace

curl_transfer::curl_transfer(curl_engine& engine, const http::request& ask, const client_limits& limits,
                             const std::string& jar)
    : engine_(engine), ask_(ask), limits_(limits) {
    for (const auto& [name, value] : ask_.headers)
        if (name.empty() || name.find_first_of(": ") != name.npos || breaks_lines(name) || breaks_lines(value))
            throw http::error(facts("header '" + name + "' has a line break or a bad name", false));
    if (ask_.method.empty() || ask_.method.find_first_of(" \t\r\n") != ask_.method.npos || breaks_lines(ask_.url))
        throw http::error(facts("the method or URL has a blank or line break in it", false));
    easy_ = curl_easy_init();
    if (!easy_) throw error("libcurl: no memory");
    set(CURLOPT_URL, ask_.url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_QUICK_EXIT, 1L);  // a cancelled request doesn't wait for the thread that looks its name up
    set(CURLOPT_ERRORBUFFER, reason_);
    set(CURLOPT_WRITEFUNCTION, &on_body);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_HEADERFUNCTION, &on_header);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if (!ask_.headers.contains("accept-encoding")) set(CURLOPT_ACCEPT_ENCODING, "");  // all that curl can undo
    if (!jar.empty()) {
        set(CURLOPT_COOKIEFILE, "");
        set(CURLOPT_SHARE, engine_.jar(jar));
    }
    set_method();
    set_headers();
    set_limits();
}

curl_transfer::~curl_transfer() {
    if (active_) engine_.remove(*this);
    curl_easy_cleanup(easy_);
    curl_slist_free_all(headers_);
}

void curl_transfer::set_method() {
    if (ask_.method == "HEAD") {
        set(CURLOPT_NOBODY, 1L);
        return;
    }
    if (ask_.method == "GET" && ask_.body.empty()) {
        set(CURLOPT_HTTPGET, 1L);
        return;
    }
    if (ask_.method == "POST" || !ask_.body.empty()) {
        set(CURLOPT_POST, 1L);
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(ask_.body.size()));
        set(CURLOPT_POSTFIELDS, ask_.body.c_str());
    }
    set(CURLOPT_CUSTOMREQUEST, ask_.method.c_str());
}

void curl_transfer::set_headers() {
    const auto add = [&](const std::string& line) { headers_ = curl_slist_append(headers_, line.c_str()); };
    for (const auto& [name, value] : ask_.headers) add(value.empty() ? name + ";" : name + ": " + value);
    add("Expect:");  // curl's own would cost a second with servers that don't know it
    if (!ask_.headers.contains("content-type")) add("Content-Type:");
    set(CURLOPT_HTTPHEADER, headers_);
}

void curl_transfer::set_limits() {
    set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(limits_.connect_timeout));
    set(CURLOPT_TIMEOUT_MS, milliseconds(limits_.timeout));
    set(CURLOPT_LOW_SPEED_LIMIT, limits_.low_speed);
    set(CURLOPT_LOW_SPEED_TIME, std::max(milliseconds(limits_.low_speed_time) / 1000, 1L));
    set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(limits_.max_body));
}

void curl_transfer::start() {
    engine_.add(*this);
    active_ = true;
}

void curl_transfer::finished(CURLcode result) noexcept {
    active_ = false;
    result_ = result;
    if (target_) target_->wake();
}

std::size_t curl_transfer::on_body(char* data, std::size_t, std::size_t size, void* self) {
    auto& one = *static_cast<curl_transfer*>(self);
    if (one.reply_.body.size() + size > one.limits_.max_body) {
        one.body_too_large_ = true;
        return CURL_WRITEFUNC_ERROR;
    }
    one.reply_.body.append(data, size);
    return size;
}

std::size_t curl_transfer::on_header(char* data, std::size_t, std::size_t size, void* self) {
    auto& one = *static_cast<curl_transfer*>(self);
    one.header_bytes_ += size;
    if (one.header_bytes_ > one.limits_.max_header) return CURL_WRITEFUNC_ERROR;
    one.read_header({data, size});
    return size;
}

void curl_transfer::read_header(std::string_view line) {
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
    if (line.starts_with("HTTP/")) {  // of a 100 Continue, or of the answer itself
        reply_.headers = {};
        const auto status = line.substr(std::min(line.find(' ') + 1, line.size()));
        std::from_chars(status.data(), status.data() + status.size(), reply_.status);
        return;
    }
    const auto colon = line.find(':');
    if (colon == line.npos || !reply_.body.empty()) return;  // the empty line; a trailer
    reply_.headers.add(std::string(line.substr(0, colon)), std::string(trimmed(line.substr(colon + 1))));
}

http::response curl_transfer::take() {
    if (result_ != CURLE_OK) fail();
    reply_.url = ask_.url;
    return std::move(reply_);
}

http::failure_facts curl_transfer::facts(std::string reason, bool repeatable) const {
    return {.method = ask_.method,
            .url = without_password(ask_.url),
            .reason = std::move(reason),
            .repeatable = repeatable,
            .retry_after = {}};
}

void curl_transfer::fail() const {
    const std::string reason = reason_[0] ? reason_ : curl_easy_strerror(result_);
    if (body_too_large_ || result_ == CURLE_FILESIZE_EXCEEDED)
        throw http::body_error(facts(fmt::format("the body is larger than {} bytes", limits_.max_body), false));
    switch (result_) {
        case CURLE_OPERATION_TIMEDOUT:
            throw http::timeout(facts(reason, true));
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY:
        case CURLE_COULDNT_CONNECT:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_SEND_ERROR:
        case CURLE_GOT_NOTHING:
        case CURLE_PROXY:
            throw http::connect_error(facts(reason, true));
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CIPHER:
            throw http::connect_error(facts(reason, false));
        case CURLE_PARTIAL_FILE:
        case CURLE_RECV_ERROR:
        case CURLE_HTTP2:
        case CURLE_HTTP2_STREAM:
            if (header_bytes_ == 0) throw http::connect_error(facts(reason, true));
            throw http::body_error(facts("the answer broke off: " + reason, true));
        case CURLE_BAD_CONTENT_ENCODING:
        case CURLE_WRITE_ERROR:
        case CURLE_WEIRD_SERVER_REPLY:
            throw http::body_error(facts("the answer can't be read: " + reason, false));
        default:
            throw http::error(facts(reason, false));
    }
}

}  // namespace croft::net
