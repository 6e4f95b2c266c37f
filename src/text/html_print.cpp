// What comes out of a tree: readable text and markup. Both walk the flat node range, so depth costs no stack.
#include <algorithm>
#include <iterator>

#include "text/html_tree.hpp"

namespace croft::text {
namespace {

template <std::size_t Count>
bool one_of(std::string_view name, const std::string_view (&names)[Count]) {
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool is_hidden(const html_node& node) {
    static constexpr std::string_view names[] = {"script", "style", "template"};
    return one_of(node.name, names);
}

bool separates_words(const html_node& node) {
    static constexpr std::string_view names[] = {
        "br",    "p",       "div",        "li",     "ul",      "ol",      "td",     "th",     "tr",
        "table", "dl",      "dt",         "dd",     "h1",      "h2",      "h3",     "h4",     "h5",
        "h6",    "hr",      "pre",        "form",   "section", "article", "header", "footer", "nav",
        "main",  "aside",   "blockquote", "option", "body",    "head",    "title",  "thead",  "tbody",
        "tfoot", "caption", "fieldset",   "legend", "figure",  "address"};
    return one_of(node.name, names);
}

// Appends words of `text`, one space between them; `pending` says that one is due before the next word.
void append_words(std::string& out, std::string_view text, bool& pending) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (std::string_view(" \t\r\n\f").contains(text[i])) {
            pending = true;
        } else if (text.substr(i).starts_with("\xC2\xA0")) {  // no-break space
            pending = true;
            ++i;
        } else {
            if (std::exchange(pending, false) && !out.empty()) out.push_back(' ');
            out.push_back(text[i]);
        }
    }
}

void append_escaped(std::string& out, std::string_view text, bool in_attribute) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '&') {
            out += "&amp;";
        } else if (c == '"' && in_attribute) {
            out += "&quot;";
        } else if (c == '<' && !in_attribute) {
            out += "&lt;";
        } else if (c == '>' && !in_attribute) {
            out += "&gt;";
        } else if (text.substr(i).starts_with("\xC2\xA0")) {
            out += "&nbsp;";
            ++i;
        } else {
            out.push_back(c);
        }
    }
}

bool is_void(const html_node& node) {
    static constexpr std::string_view names[] = {"area",  "base",   "br",   "col",  "embed", "frame",  "hr",    "img",
                                                 "input", "keygen", "link", "meta", "param", "source", "track", "wbr"};
    return !node.foreign && one_of(node.name, names);
}

bool holds_raw_text(const html_node& node) {
    static constexpr std::string_view names[] = {"style",   "script",   "xmp",      "iframe",
                                                 "noembed", "noframes", "plaintext"};
    return node.kind == html_node::type::element && !node.foreign && one_of(node.name, names);
}

void append_open_tag(std::string& out, const html_tree& tree, const html_node& node) {
    out.push_back('<');
    out += node.name;
    for (std::uint32_t i = 0; i < node.attribute_count; ++i) {
        const auto& attribute = tree.attributes[node.first_attribute + i];
        out.push_back(' ');
        out += attribute.name;
        out += "=\"";
        append_escaped(out, attribute.value, true);
        out.push_back('"');
    }
    out.push_back('>');
}

}  // namespace

std::string readable_text(const html_tree& tree, std::uint32_t node) {
    std::string out;
    bool pending = false;
    std::vector<std::uint32_t> separators;  // ends of the block elements that we are in
    for (auto i = node; i < tree.nodes[node].end; ++i) {
        while (!separators.empty() && separators.back() <= i) {
            separators.pop_back();
            pending = true;
        }
        const auto& each = tree.nodes[i];
        if (each.kind == html_node::type::text) {
            append_words(out, tree.text_of(i), pending);
        } else if (each.kind == html_node::type::element && i != node) {
            if (is_hidden(each)) {
                i = each.end - 1;
            } else if (separates_words(each)) {
                pending = true;
                separators.push_back(each.end);
            }
        }
    }
    return out;
}

std::string markup_of(const html_tree& tree, std::uint32_t node) {
    std::string out;
    std::vector<std::uint32_t> open;
    const auto close_until = [&](std::uint32_t place) {
        while (!open.empty() && tree.nodes[open.back()].end <= place) {
            out += "</";
            out += tree.nodes[open.back()].name;
            out.push_back('>');
            open.pop_back();
        }
    };
    for (auto i = node; i < tree.nodes[node].end; ++i) {
        close_until(i);
        const auto& each = tree.nodes[i];
        switch (each.kind) {
            case html_node::type::document:
                break;
            case html_node::type::comment:
                out.append("<!--").append(each.name).append("-->");
                break;
            case html_node::type::text:
                if (holds_raw_text(tree.nodes[each.parent])) {
                    out += tree.text_of(i);
                } else {
                    append_escaped(out, tree.text_of(i), false);
                }
                break;
            case html_node::type::element:
                append_open_tag(out, tree, each);
                if (!is_void(each)) open.push_back(i);
        }
    }
    close_until(tree.nodes[node].end);
    return out;
}

}  // namespace croft::text
