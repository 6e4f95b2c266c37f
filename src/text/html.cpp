#include "croft/html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "text/css_match.hpp"
#include "text/html_charset.hpp"
#include "text/html_tree.hpp"

namespace croft::html {

using croft::text::html_node;
using croft::text::css::matcher;

namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    for (auto& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

[[noreturn]] void nothing_matches(const selector& wanted, const std::string& source) {
    throw selection_error(fmt::format("nothing matches \"{}\" in {}", wanted.text(), source), wanted.text(), source);
}

}  // namespace

// ---- selector

parsed<selector> selector::try_parse(std::string_view text) {
    auto list = croft::text::css::parse(text);
    if (!list) return std::unexpected(std::move(list).error());
    return selector(std::string(text), *std::move(list));
}

selector selector::parse(std::string_view text) {
    auto result = try_parse(text);
    if (!result) throw parse_error(fmt::format("selector \"{}\"", text.substr(0, 200)), std::move(result).error());
    return *std::move(result);
}

// ---- element

std::string element::tag() const { return std::string(tree_->nodes[node_].name); }
std::string element::text() const { return croft::text::readable_text(*tree_, node_); }
std::string element::raw_text() const { return std::string(tree_->text_of(node_)); }
std::string element::html() const { return croft::text::markup_of(*tree_, node_); }
const std::string& element::source() const noexcept { return tree_->source; }
const std::string& element::base_url() const noexcept { return tree_->base_url; }

std::optional<std::string> element::attribute(std::string_view name) const {
    const auto* found = tree_->attribute(node_, name);
    if (!found) found = tree_->attribute(node_, lower(name));
    return found ? std::optional(std::string(found->value)) : std::nullopt;
}

std::optional<element> element::parent() const {
    const auto parent = tree_->parent_element(node_);
    return parent == html_node::none ? std::nullopt : std::optional(element(tree_, parent));
}

selection element::children() const {
    std::vector<std::uint32_t> nodes;
    const auto& own = tree_->nodes[node_];
    for (auto i = node_ + 1; i < own.end; i = tree_->nodes[i].end)
        if (tree_->is_element(i)) nodes.push_back(i);
    return {tree_, std::move(nodes)};
}

bool element::matches(const selector& wanted) const { return matcher(*tree_, node_).matches(wanted.list(), node_); }

std::optional<element> element::closest(const selector& wanted) const {
    matcher match(*tree_, node_);
    for (auto at = node_; at != html_node::none; at = tree_->parent_element(at))
        if (match.matches(wanted.list(), at)) return element(tree_, at);
    return std::nullopt;
}

std::optional<element> element::first(const selector& wanted) const {
    const auto found = matcher(*tree_, node_).find(wanted.list(), 1);
    return found.empty() ? std::nullopt : std::optional(element(tree_, found.front()));
}

element element::one(const selector& wanted) const {
    if (auto found = first(wanted)) return *std::move(found);
    nothing_matches(wanted, source());
}

selection element::all(const selector& wanted) const {
    return {tree_, matcher(*tree_, node_).find(wanted.list(), tree_->size())};
}

// ---- document

parsed<document> document::try_parse(std::string_view bytes, const document_options& options) {
    if (bytes.size() > options.max_bytes) {
        return std::unexpected(
            parse_failure{fmt::format("{} bytes, more than the {} allowed", bytes.size(), options.max_bytes), 1, 1});
    }
    auto tree = croft::text::build_html_tree(croft::text::html_to_utf8(bytes, options.charset), options);
    if (!tree) return std::unexpected(std::move(tree).error());
    return document(*std::move(tree));
}

document document::parse(std::string_view bytes, const document_options& options) {
    auto result = try_parse(bytes, options);
    if (!result) throw parse_error(options.source, std::move(result).error());
    return *std::move(result);
}

const std::string& document::source() const noexcept { return tree_->source; }

std::optional<element> document::first(const selector& wanted) const {
    const auto found = matcher(*tree_, 0).find(wanted.list(), 1);
    return found.empty() ? std::nullopt : std::optional(element(tree_, found.front()));
}

element document::one(const selector& wanted) const {
    if (auto found = first(wanted)) return *std::move(found);
    nothing_matches(wanted, source());
}

selection document::all(const selector& wanted) const {
    return {tree_, matcher(*tree_, 0).find(wanted.list(), tree_->size())};
}

element document::root() const {
    const auto is_element = [](const html_node& node) { return node.kind == html_node::type::element; };
    const auto found = std::find_if(tree_->nodes.begin(), tree_->nodes.end(), is_element);
    return {tree_, static_cast<std::uint32_t>(found - tree_->nodes.begin())};
}

std::string document::title() const {
    static const selector title("title");
    const auto found = first(title);
    return found ? found->text() : std::string();
}

}  // namespace croft::html
