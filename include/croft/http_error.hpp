// What can go wrong with a request. Every message names method, URL, reason and, where there was more than one, how
// many tries it took.
//
//     try { co_await api.get("/things"); }
//     catch (const croft::http::status_error& e) { if (e.status() != 404) throw; }
//
// Any thread.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "croft/error.hpp"
#include "croft/retry.hpp"
#include "croft/time.hpp"

namespace croft::http {

/// What an error is about.
struct failure_facts {
    std::string method = "GET";
    std::string url;
    std::string reason;
    int tries = 1;
    /// Another try may well succeed.
    bool repeatable = false;
    /// How long the source asked to be left alone (Retry-After), from now.
    std::optional<duration> retry_after = {};
};

/// Root of the errors of a request.
class error : public croft::error, public retryable {
public:
    explicit error(failure_facts facts);
    const std::string& method() const noexcept { return facts_.method; }
    const std::string& url() const noexcept { return facts_.url; }
    const std::string& reason() const noexcept { return facts_.reason; }
    int tries() const noexcept { return facts_.tries; }
    /// Set when the source said when to come again, and that is longer than the request could wait.
    std::optional<duration> retry_after() const noexcept override { return facts_.retry_after; }
    bool repeatable() const noexcept { return facts_.repeatable; }
    const failure_facts& facts() const noexcept { return facts_; }

private:
    failure_facts facts_;
};

/// No connection: name not found, refused, TLS refused, broken off before an answer.
class connect_error : public error {
public:
    using error::error;
};

/// Not answered in time.
class timeout : public error {
public:
    using error::error;
};

/// The body is too large, was broken off, or isn't in the encoding or format it should be.
class body_error : public error {
public:
    using error::error;
};

/// robots.txt forbids it, or can't be had (RFC 9309 §2.3.1.4).
class robots_error : public error {
public:
    using error::error;
};

/// The answer was 4xx or 5xx.
class status_error : public error {
public:
    status_error(failure_facts facts, int status, std::string body)
        : error(std::move(facts)), status_(status), body_(std::move(body)) {}
    int status() const noexcept { return status_; }
    /// The start of the answer's body, at most 1 KiB.
    const std::string& body() const noexcept { return body_; }

private:
    int status_;
    std::string body_;
};

}  // namespace croft::http
