#include "croft/http_error.hpp"

#include <fmt/format.h>

namespace croft::http {

namespace {

std::string message_of(const failure_facts& facts) {
    auto text = fmt::format("{} {}: {}", facts.method, facts.url, facts.reason);
    if (facts.tries > 1) text += fmt::format(" (tried {} times)", facts.tries);
    return text;
}

}  // namespace

error::error(failure_facts facts) : croft::error(message_of(facts)), facts_(std::move(facts)) {}

}  // namespace croft::http
