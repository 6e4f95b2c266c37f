#include "croft/http_message.hpp"

#include <algorithm>

#include "croft/json.hpp"
#include "net/ascii.hpp"
#include "text/url.hpp"

namespace croft::http {

header_list::header_list() noexcept = default;
header_list::header_list(std::initializer_list<header> fields) : fields_(fields) {}
header_list::header_list(const header_list&) = default;
header_list::header_list(header_list&&) noexcept = default;
header_list& header_list::operator=(const header_list&) = default;
header_list& header_list::operator=(header_list&&) noexcept = default;
header_list::~header_list() = default;

void header_list::add(std::string name, std::string value) { fields_.push_back({std::move(name), std::move(value)}); }
void header_list::reserve(std::size_t count) { fields_.reserve(count); }

std::optional<std::string_view> header_list::find(std::string_view name) const noexcept {
    for (const auto& field : fields_)
        if (net::same_name(field.name, name)) return field.value;
    return std::nullopt;
}

std::vector<std::string_view> header_list::all(std::string_view name) const {
    std::vector<std::string_view> values;
    for (const auto& field : fields_)
        if (net::same_name(field.name, name)) values.emplace_back(field.value);
    return values;
}

void header_list::set(std::string name, std::string value) {
    const auto same = [&](const header& field) { return net::same_name(field.name, name); };
    const auto first = std::ranges::find_if(fields_, same);
    if (first == fields_.end()) return add(std::move(name), std::move(value));
    first->value = std::move(value);
    fields_.erase(std::remove_if(first + 1, fields_.end(), same), fields_.end());
}

bool header_list::erase(std::string_view name) {
    return std::erase_if(fields_, [&](const header& field) { return net::same_name(field.name, name); }) > 0;
}

std::string parameter::printed(bool flag) { return flag ? "true" : "false"; }
std::string parameter::printed(std::int64_t number) { return croft::json(number).dump(); }
std::string parameter::printed(std::uint64_t number) { return croft::json(number).dump(); }
std::string parameter::printed(double number) { return croft::json(number).dump(); }

query::query() noexcept = default;
query::query(std::initializer_list<http::parameter> parameters) : parameters_(parameters) {}
query::query(const query&) = default;
query::query(query&&) noexcept = default;
query& query::operator=(const query&) = default;
query& query::operator=(query&&) noexcept = default;
query::~query() = default;

void query::add(http::parameter one) { parameters_.push_back(std::move(one)); }

std::string query::encoded() const {
    std::string joined;
    for (const auto& [name, value] : parameters_) {
        if (!joined.empty()) joined += '&';
        joined += text::form_encode(name) + '=' + text::form_encode(value);
    }
    return joined;
}

std::string_view request::path() const noexcept {
    std::string_view rest = url;
    if (const auto scheme = rest.find("://"); scheme != rest.npos && rest.find_first_of("/?#") > scheme) {
        const auto slash = rest.find_first_of("/?#", scheme + 3);
        if (slash == rest.npos || rest[slash] != '/') return "/";
        rest.remove_prefix(slash);
    }
    return rest.substr(0, rest.find_first_of("?#"));
}

std::string_view request::query_text() const noexcept {
    const std::string_view whole = url;
    const auto mark = whole.find_first_of("?#");
    if (mark == whole.npos || whole[mark] == '#') return {};
    return whole.substr(mark + 1, whole.find('#', mark) - mark - 1);
}

std::optional<std::string> request::parameter(std::string_view name) const {
    return text::parameter_of_reference(url, name);
}

response response::json(int status, const croft::json& value) { return of(status, "application/json", value.dump()); }

response response::of(int status, std::string content_type, std::string body) {
    response made{.status = status, .body = std::move(body)};
    made.headers.add("Content-Type", std::move(content_type));
    return made;
}

}  // namespace croft::http
