#include <fmt/format.h>

#include <charconv>

#include "croft/html.hpp"
#include "text/url.hpp"

namespace croft::html {
namespace {

constexpr std::size_t shown_markup = 120;

[[noreturn]] void missing(const element& from, const std::string& what) {
    auto markup = from.html();
    if (markup.size() > shown_markup) markup = markup.substr(0, shown_markup) + "…";
    throw selection_error(fmt::format("{} in {}: {}", what, from.source(), markup), from.tag(), from.source());
}

std::int64_t integer(const element& from, std::string_view text, const std::string& what) {
    const auto first = text.find_first_not_of(" \t\r\n\f");
    const auto last = text.find_last_not_of(" \t\r\n\f");
    const auto digits = first == text.npos ? std::string_view() : text.substr(first, last - first + 1);
    std::int64_t value = 0;
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (failure != std::errc{} || end != digits.data() + digits.size()) {
        missing(from, fmt::format("{} is no integer: \"{}\"", what, text));
    }
    return value;
}

}  // namespace

std::string attribute_extractor::operator()(const element& from) const {
    if (auto value = from.attribute(name_)) return *std::move(value);
    missing(from, fmt::format("no attribute \"{}\"", name_));
}

std::int64_t attribute_extractor::number_of(const element& from) const {
    return integer(from, (*this)(from), fmt::format("attribute \"{}\"", name_));
}

std::string attribute_extractor::parameter_of(const element& from, const std::string& parameter) const {
    if (auto value = croft::text::parameter_of_reference((*this)(from), parameter)) return *std::move(value);
    missing(from, fmt::format("no parameter \"{}\" in attribute \"{}\"", parameter, name_));
}

std::int64_t attribute_extractor::number_of(const element& from, const std::string& parameter) const {
    return integer(from, parameter_of(from, parameter),
                   fmt::format("parameter \"{}\" of attribute \"{}\"", parameter, name_));
}

std::string attribute_extractor::url_of(const element& from) const {
    const auto link = (*this)(from);
    const auto base = croft::text::url::try_parse(from.base_url());
    const auto whole = base ? base->resolve(link) : croft::text::url::try_parse(link);
    if (!whole) missing(from, fmt::format("attribute \"{}\" is no URL ({})", name_, whole.error().message));
    return whole->text();
}

}  // namespace croft::html
