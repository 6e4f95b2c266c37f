// A page's tree, flat: nodes lie in document order, so a subtree is the range [node, end), and all text lies in one
// string, so an element's text is a piece of it. Immutable once built; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "croft/html.hpp"

namespace croft::text {

struct html_attribute {
    std::string_view name;  // lower case in HTML
    std::string_view value;
};

struct html_node {
    static constexpr std::uint32_t none = UINT32_MAX;
    enum class type : std::uint8_t { document, element, text, comment };

    type kind = type::document;
    bool foreign = false;          // SVG or MathML
    std::uint32_t parent = none;   // for <html>: the document, node 0
    std::uint32_t end = 0;         // one past the last node inside
    std::uint32_t text_begin = 0;  // in html_tree::text; the node's text ends where the node at `end` begins
    std::uint32_t first_attribute = 0;
    std::uint32_t attribute_count = 0;
    std::uint32_t previous = none, next = none;  // sibling elements
    // Places among the sibling elements, from 1; `type` ones count those of the same name.
    std::uint32_t position = 0, position_from_end = 0;
    std::uint32_t type_position = 0, type_position_from_end = 0;
    std::string_view name;  // of an element; a comment's content
};

struct html_tree {
    std::string source;
    std::string base_url;
    std::vector<html_node> nodes;  // 0 is the document; a last one, no part of the tree, only ends the text
    std::vector<html_attribute> attributes;
    std::string text;
    std::pmr::monotonic_buffer_resource strings;  // what the views point into

    std::uint32_t size() const { return static_cast<std::uint32_t>(nodes.size() - 1); }
    bool is_element(std::uint32_t node) const { return nodes[node].kind == html_node::type::element; }
    std::string_view text_of(std::uint32_t node) const {
        const auto begin = nodes[node].text_begin;
        return std::string_view(text).substr(begin, nodes[nodes[node].end].text_begin - begin);
    }
    /// nullptr when there is none. `name` in lower case.
    const html_attribute* attribute(std::uint32_t node, std::string_view name) const;
    /// The parent if it is an element, else html_node::none.
    std::uint32_t parent_element(std::uint32_t node) const {
        const auto parent = nodes[node].parent;
        return parent != html_node::none && is_element(parent) ? parent : html_node::none;
    }
};

/// Parses UTF-8 text. Fails when memory or time run out.
parsed<std::shared_ptr<const html_tree>> build_html_tree(std::string_view utf8, const html::document_options& options);

/// Text as a reader sees it (see html::element::text).
std::string readable_text(const html_tree& tree, std::uint32_t node);

/// Markup of the node and what is in it (HTML standard, 13.3 Serializing HTML fragments).
std::string markup_of(const html_tree& tree, std::uint32_t node);

}  // namespace croft::text
