// HTML pages: parsed as a browser would, asked with CSS selectors.
//
//     auto page = croft::html::document::parse(body, {.source = "https://site.example/location.php?id=3"});
//     std::string name = page.one(".center strong").text();
//     auto ids = page.all("a[href^='item.php']").map(croft::attribute("href").number("id"));
//
// Selectors: Selectors Level 4 (type, class, id, attributes, all combinators, :is, :not, :has, :nth-child(… of …), …),
// plus what scrapers are used to: :contains("text"), :icontains, [a!=b], :header, :input, a leading combinator (">
// td"). Elements share their document's tree: a handle outlives the document it came from. Everything here is immutable
// once parsed and may be read from several threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "croft/error.hpp"

namespace croft::text {
struct html_tree;
namespace css {
struct selector_list;
}
}  // namespace croft::text

namespace croft::html {

class element;
class selection;

/// Nothing matched, or what matched didn't hold what was asked for. Names the selector and the page.
class selection_error : public error {
public:
    selection_error(const std::string& message, std::string selector, std::string source)
        : error(message), selector_(std::move(selector)), source_(std::move(source)) {}
    const std::string& selector() const noexcept { return selector_; }
    const std::string& source() const noexcept { return source_; }

private:
    std::string selector_, source_;
};

/// A parsed CSS selector. Text converts to it by itself; keep one where the same selector is asked many times.
class selector {
public:
    template <class Text>
        requires(std::is_convertible_v<const Text&, std::string_view>)
    selector(const Text& text) : selector(parse(std::string_view(text))) {}

    static parsed<selector> try_parse(std::string_view text);
    /// Throws parse_error with the selector's text and the column.
    static selector parse(std::string_view text);

    const std::string& text() const noexcept { return text_; }
    const croft::text::css::selector_list& list() const noexcept { return *list_; }

private:
    selector(std::string text, std::shared_ptr<const croft::text::css::selector_list> list)
        : text_(std::move(text)), list_(std::move(list)) {}

    std::string text_;
    std::shared_ptr<const croft::text::css::selector_list> list_;
};

/// One element of a page.
class element {
public:
    /// In lower case: "a", "td".
    std::string tag() const;
    /// The text a reader sees: runs of white space are one space, <br> and block elements separate words, script and
    /// style are left out (unless this is one).
    std::string text() const;
    /// All text inside, character by character (the DOM's textContent).
    std::string raw_text() const;
    /// nullopt when it isn't there; names are matched regardless of case.
    std::optional<std::string> attribute(std::string_view name) const;
    /// The element with its content, as markup.
    std::string html() const;

    std::optional<element> parent() const;
    selection children() const;
    bool matches(const selector& wanted) const;
    /// The nearest match upwards, this element included.
    std::optional<element> closest(const selector& wanted) const;

    /// The first match below this element; throws selection_error when there is none.
    element one(const selector& wanted) const;
    /// The first match below this element, or nullopt.
    std::optional<element> first(const selector& wanted) const;
    /// All matches below this element, in document order. ":scope > td" and "> td" start at this element.
    selection all(const selector& wanted) const;

    /// What document::parse was given as the source.
    const std::string& source() const noexcept;
    /// What links on the page are relative to: its <base href>, resolved against the source; else the source.
    const std::string& base_url() const noexcept;
    friend bool operator==(const element&, const element&) = default;

private:
    friend class document;
    friend class selection;
    element(std::shared_ptr<const croft::text::html_tree> tree, std::uint32_t node)
        : tree_(std::move(tree)), node_(node) {}

    std::shared_ptr<const croft::text::html_tree> tree_;
    std::uint32_t node_;
};

/// Elements in document order.
class selection {
public:
    class iterator {
    public:
        using value_type = element;
        using difference_type = std::ptrdiff_t;
        element operator*() const { return (*of_)[place_]; }
        iterator& operator++() { return ++place_, *this; }
        iterator operator++(int) { return {of_, place_++}; }
        friend bool operator==(const iterator&, const iterator&) = default;

    private:
        friend class selection;
        iterator(const selection* of, std::size_t place) : of_(of), place_(place) {}
        const selection* of_;
        std::size_t place_;
    };

    std::size_t size() const noexcept { return nodes_.size(); }
    bool empty() const noexcept { return nodes_.empty(); }
    iterator begin() const noexcept { return {this, 0}; }
    iterator end() const noexcept { return {this, size()}; }
    /// From 0; undefined past the end.
    element operator[](std::size_t place) const { return {tree_, nodes_[place]}; }

    /// The results of `fn` for each element: a lambda, or attribute("href"), attribute("href").number("id"), text().
    template <class Fn>
    auto map(Fn fn) const {
        std::vector<std::decay_t<std::invoke_result_t<Fn&, const element&>>> out;
        out.reserve(size());
        for (const element& each : *this) out.push_back(fn(each));
        return out;
    }

private:
    friend class element;
    friend class document;
    selection(std::shared_ptr<const croft::text::html_tree> tree, std::vector<std::uint32_t> nodes)
        : tree_(std::move(tree)), nodes_(std::move(nodes)) {}

    std::shared_ptr<const croft::text::html_tree> tree_;
    std::vector<std::uint32_t> nodes_;
};

struct document_options {
    /// What error messages call the page, and what links are resolved against: its URL.
    std::string source = "HTML document";
    /// The encoding the transport named (Content-Type's charset), empty if none. A byte order mark comes first, then
    /// this, then the page's own <meta>; without any of them UTF-8, or windows-1252 if the bytes aren't UTF-8.
    std::string charset = {};
    /// Limits: bytes in, bytes of memory while parsing, and seconds of CPU: some pages make any HTML parser quadratic.
    std::size_t max_bytes = std::size_t{32} << 20;
    std::size_t max_memory = std::size_t{1} << 30;
    double max_seconds = 10;
};

/// A parsed page. Copies share the tree.
class document {
public:
    /// Fails only when a limit is exceeded: HTML has no syntax errors.
    static parsed<document> try_parse(std::string_view bytes, const document_options& options = {});
    /// The same; throws parse_error that names the source.
    static document parse(std::string_view bytes, const document_options& options = {});

    /// The first match in the page; throws selection_error when there is none.
    element one(const selector& wanted) const;
    std::optional<element> first(const selector& wanted) const;
    selection all(const selector& wanted) const;

    /// The <html> element, which every page has.
    element root() const;
    /// Content of <title>, empty without one.
    std::string title() const;
    const std::string& source() const noexcept;

private:
    explicit document(std::shared_ptr<const croft::text::html_tree> tree) : tree_(std::move(tree)) {}
    std::shared_ptr<const croft::text::html_tree> tree_;
};

/// Extractors for selection::map. Each throws selection_error when the attribute or number isn't there.
class attribute_extractor {
public:
    explicit attribute_extractor(std::string name) : name_(std::move(name)) {}
    /// The attribute's value.
    std::string operator()(const element& from) const;
    /// The value as an integer ("42", surrounding white space allowed).
    auto number() const {
        return [self = *this](const element& from) { return self.number_of(from); };
    }
    /// The value is a URL: its query parameter as an integer ("item.php?id=42" -> 42).
    auto number(std::string parameter) const {
        return [self = *this, parameter = std::move(parameter)](const element& from) {
            return self.number_of(from, parameter);
        };
    }
    /// The value is a URL: its query parameter, decoded.
    auto parameter(std::string parameter) const {
        return [self = *this, parameter = std::move(parameter)](const element& from) {
            return self.parameter_of(from, parameter);
        };
    }
    /// The value as a URL, resolved against the page's <base href> and source.
    auto url() const {
        return [self = *this](const element& from) { return self.url_of(from); };
    }
    /// The value, or `fallback` when there is no such attribute.
    auto value_or(std::string fallback) const {
        return [self = *this, fallback = std::move(fallback)](const element& from) {
            return from.attribute(self.name_).value_or(fallback);
        };
    }

private:
    std::int64_t number_of(const element& from) const;
    std::int64_t number_of(const element& from, const std::string& parameter) const;
    std::string parameter_of(const element& from, const std::string& parameter) const;
    std::string url_of(const element& from) const;

    std::string name_;
};

inline attribute_extractor attribute(std::string name) { return attribute_extractor(std::move(name)); }
/// Extracts element::text().
inline auto text() {
    return [](const element& from) { return from.text(); };
}

}  // namespace croft::html

namespace croft {
using html::attribute;
}
