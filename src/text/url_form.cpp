// Percent-encoding and query parameters (RFC 3986 section 2.1, WHATWG URL section 5).
#include <algorithm>

#include "text/url.hpp"

namespace croft::text {
namespace {

bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~").contains(c);
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string encode(std::string_view text, bool plus_for_space) {
    constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (is_unreserved(c)) {
            out.push_back(c);
        } else if (c == ' ' && plus_for_space) {
            out.push_back('+');
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out.append({'%', digits[byte >> 4], digits[byte & 15]});
        }
    }
    return out;
}

std::string decode(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
            out.push_back(static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])));
            i += 2;
        } else {
            out.push_back(text[i] == '+' && plus_is_space ? ' ' : text[i]);
        }
    }
    return out;
}

}  // namespace

std::string percent_encode(std::string_view text) { return encode(text, false); }
std::string percent_decode(std::string_view text) { return decode(text, false); }
std::string form_encode(std::string_view text) { return encode(text, true); }
std::string form_decode(std::string_view text) { return decode(text, true); }

std::vector<std::pair<std::string, std::string>> form_parameters(std::string_view query) {
    std::vector<std::pair<std::string, std::string>> out;
    while (!query.empty()) {
        const auto part = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), part.size() + 1));
        if (part.empty()) continue;
        const auto equals = std::min(part.find('='), part.size());
        out.emplace_back(form_decode(part.substr(0, equals)),
                         form_decode(part.substr(std::min(part.size(), equals + 1))));
    }
    return out;
}

std::string form_query(const std::vector<std::pair<std::string, std::string>>& parameters) {
    std::string out;
    for (const auto& [name, value] : parameters) {
        if (!out.empty()) out.push_back('&');
        out.append(form_encode(name)).append("=").append(form_encode(value));
    }
    return out;
}

std::optional<std::string> parameter_of_reference(std::string_view reference, std::string_view name) {
    reference = reference.substr(0, reference.find('#'));
    const auto query = reference.find('?');
    if (query == reference.npos) return std::nullopt;
    for (auto& [key, value] : form_parameters(reference.substr(query + 1)))
        if (key == name) return std::move(value);
    return std::nullopt;
}

std::optional<std::string> url::parameter(std::string_view name) const {
    for (auto& [key, value] : parameters())
        if (key == name) return std::move(value);
    return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> url::parameters() const {
    return query_ ? form_parameters(*query_) : std::vector<std::pair<std::string, std::string>>();
}

url& url::append_parameter(std::string_view name, std::string_view value) {
    if (!query_) query_.emplace();
    if (!query_->empty()) query_->push_back('&');
    query_->append(form_encode(name)).append("=").append(form_encode(value));
    return *this;
}

url& url::set_parameter(std::string_view name, std::string_view value) {
    auto all = parameters();
    const auto is_it = [&](const auto& parameter) { return parameter.first == name; };
    const auto first = std::find_if(all.begin(), all.end(), is_it);
    if (first == all.end()) return append_parameter(name, value);
    first->second = value;
    all.erase(std::remove_if(first + 1, all.end(), is_it), all.end());
    query_ = form_query(all);
    return *this;
}

}  // namespace croft::text
