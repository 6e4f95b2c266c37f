// From gumbo's tree to ours. Gumbo is C: it can't be told to stop, and frees its tree recursively. So its memory comes
// from a pool that counts, jumps out when a limit is reached, and is dropped as a whole.
#include <fmt/format.h>
#include <gumbo.h>

#include <algorithm>
#include <csetjmp>
#include <cstring>
#include <ctime>
#include <functional>
#include <new>
#include <unordered_map>

#include "text/html_tree.hpp"
#include "text/url.hpp"

namespace croft::text {
namespace {

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

struct gumbo_pool {
    explicit gumbo_pool(const html::document_options& options)
        : bytes_left(options.max_memory), stop_at(cpu_seconds() + options.max_seconds) {}

    std::pmr::unsynchronized_pool_resource pool;
    std::size_t bytes_left;
    double stop_at;
    unsigned allocations = 0;
    const char* exceeded = nullptr;
    std::jmp_buf out{};
};

constexpr std::size_t header = alignof(std::max_align_t);  // holds the block's size

// No object with a destructor may live here when it jumps, nor in gumbo, which is C.
void* allocate(void* pool_pointer, std::size_t size) {
    auto& pool = *static_cast<gumbo_pool*>(pool_pointer);
    // A multiple of the alignment: libstdc++ 12 hands out 24-byte blocks that are aligned to 8 only.
    const auto whole = (size + 2 * header - 1) / header * header;
    if (whole > pool.bytes_left) pool.exceeded = "memory";
    if (++pool.allocations % 1024 == 0 && cpu_seconds() > pool.stop_at) pool.exceeded = "time";
    void* block = nullptr;
    if (!pool.exceeded) {
        try {
            block = pool.pool.allocate(whole);
        } catch (const std::bad_alloc&) {
            pool.exceeded = "memory";
        }
    }
    if (pool.exceeded) std::longjmp(pool.out, 1);
    pool.bytes_left -= whole;
    std::memcpy(block, &whole, sizeof whole);
    return static_cast<char*>(block) + header;
}

void deallocate(void* pool_pointer, void* content) {
    if (!content) return;
    auto& pool = *static_cast<gumbo_pool*>(pool_pointer);
    void* block = static_cast<char*>(content) - header;
    std::size_t whole = 0;
    std::memcpy(&whole, block, sizeof whole);
    pool.bytes_left += whole;
    pool.pool.deallocate(block, whole);
}

const GumboOutput* run_gumbo(gumbo_pool& pool, std::string_view utf8) {
    GumboOptions options = kGumboDefaultOptions;
    options.allocator = allocate;
    options.deallocator = deallocate;
    options.userdata = &pool;
    options.max_errors = 0;
    if (setjmp(pool.out) != 0) return nullptr;
    return gumbo_parse_with_options(&options, utf8.data(), utf8.size());
}

class builder {
public:
    explicit builder(html_tree& tree) : tree_(tree) {}

    void build(const GumboNode& document) {
        open(document, html_node::none);
        while (!path_.empty()) {
            auto& [node, index, next] = path_.back();
            const auto* inside = children(*node);
            if (inside && next < inside->length) {
                open(*static_cast<const GumboNode*>(inside->data[next++]), index);
            } else {
                tree_.nodes[index].end = static_cast<std::uint32_t>(tree_.nodes.size());
                path_.pop_back();
            }
        }
        html_node end_of_text;
        end_of_text.text_begin = static_cast<std::uint32_t>(tree_.text.size());
        tree_.nodes.push_back(end_of_text);
        number_from_end();
    }

private:
    struct place {
        const GumboNode* node;
        std::uint32_t index;
        unsigned next;
    };

    static const GumboVector* children(const GumboNode& node) {
        switch (node.type) {
            case GUMBO_NODE_DOCUMENT:
                return &node.v.document.children;
            case GUMBO_NODE_ELEMENT:
            case GUMBO_NODE_TEMPLATE:
                return &node.v.element.children;
            default:
                return nullptr;
        }
    }

    std::string_view store(std::string_view text) {
        if (text.empty()) return {};
        auto* copy = static_cast<char*>(tree_.strings.allocate(text.size(), 1));
        std::memcpy(copy, text.data(), text.size());
        return {copy, text.size()};
    }

    void open(const GumboNode& from, std::uint32_t parent) {
        const auto index = static_cast<std::uint32_t>(tree_.nodes.size());
        html_node node;
        node.parent = parent;
        node.end = index + 1;
        node.text_begin = static_cast<std::uint32_t>(tree_.text.size());
        switch (from.type) {
            case GUMBO_NODE_DOCUMENT:
                break;
            case GUMBO_NODE_ELEMENT:
            case GUMBO_NODE_TEMPLATE:
                describe_element(from.v.element, node);
                break;
            case GUMBO_NODE_COMMENT:
                node.kind = html_node::type::comment;
                node.name = store(from.v.text.text);
                break;
            default:  // text, CDATA, white space
                node.kind = html_node::type::text;
                tree_.text += from.v.text.text;
        }
        tree_.nodes.push_back(node);
        if (node.kind == html_node::type::element) link(index, parent);
        if (children(from)) path_.push_back({&from, index, 0});
    }

    void describe_element(const GumboElement& from, html_node& node) {
        node.kind = html_node::type::element;
        node.foreign = from.tag_namespace != GUMBO_NAMESPACE_HTML;
        node.name = tag_name(from);
        node.first_attribute = static_cast<std::uint32_t>(tree_.attributes.size());
        node.attribute_count = from.attributes.length;
        for (unsigned i = 0; i < from.attributes.length; ++i) {
            const auto& attribute = *static_cast<const GumboAttribute*>(from.attributes.data[i]);
            tree_.attributes.push_back({shared(attribute.name), store(attribute.value)});
        }
    }

    std::string_view tag_name(const GumboElement& from) {
        if (from.tag != GUMBO_TAG_UNKNOWN) return gumbo_normalized_tagname(from.tag);
        GumboStringPiece piece = from.original_tag;
        gumbo_tag_from_original_text(&piece);
        std::string name(piece.data ? std::string_view(piece.data, piece.length) : std::string_view());
        std::transform(name.begin(), name.end(), name.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
        return shared(name);
    }

    // Few different names, many elements: each name is stored once.
    std::string_view shared(std::string_view name) {
        const auto known = names_.find(name);
        if (known != names_.end()) return known->second;
        const auto stored = store(name);
        names_.emplace(stored, stored);
        return stored;
    }

    struct sibling_key {
        std::uint32_t parent;
        std::string_view name;
        bool operator==(const sibling_key&) const = default;
    };
    struct sibling_hash {
        std::size_t operator()(const sibling_key& key) const {
            return std::hash<std::string_view>()(key.name) ^ (key.parent * 0x9E3779B97F4A7C15u);
        }
    };
    using last_of = std::unordered_map<sibling_key, std::uint32_t, sibling_hash>;

    void link(std::uint32_t index, std::uint32_t parent) {
        auto& nodes = tree_.nodes;
        auto& node = nodes[index];
        const auto [last, is_first] = last_.try_emplace({parent, {}}, index);
        node.position = is_first ? 1 : nodes[last->second].position + 1;
        if (!is_first) {
            node.previous = last->second;
            nodes[last->second].next = index;
            last->second = index;
        }
        const auto [same, first_of_type] = last_.try_emplace({parent, node.name}, index);
        node.type_position = first_of_type ? 1 : nodes[same->second].type_position + 1;
        same->second = index;
    }

    void number_from_end() {
        for (std::uint32_t i = 0; i < tree_.size(); ++i) {
            auto& node = tree_.nodes[i];
            if (node.kind != html_node::type::element) continue;
            const auto count = tree_.nodes[last_.find({node.parent, {}})->second].position;
            const auto of_type = tree_.nodes[last_.find({node.parent, node.name})->second].type_position;
            node.position_from_end = count - node.position + 1;
            node.type_position_from_end = of_type - node.type_position + 1;
        }
    }

    html_tree& tree_;
    std::vector<place> path_;
    std::unordered_map<std::string_view, std::string_view> names_;
    last_of last_;
};

// The first <base> with an href counts (HTML standard, 4.2.3).
std::string base_url_of(const html_tree& tree) {
    for (std::uint32_t i = 0; i < tree.size(); ++i) {
        if (!tree.is_element(i) || tree.nodes[i].name != "base") continue;
        const auto* href = tree.attribute(i, "href");
        if (!href) continue;
        const auto source = url::try_parse(tree.source);
        const auto base = source ? source->resolve(href->value) : url::try_parse(href->value);
        return base ? base->text() : tree.source;
    }
    return tree.source;
}

}  // namespace

const html_attribute* html_tree::attribute(std::uint32_t node, std::string_view name) const {
    const auto* begin = attributes.data() + nodes[node].first_attribute;
    const auto* end = begin + nodes[node].attribute_count;
    const auto* found = std::find_if(begin, end, [&](const html_attribute& a) { return a.name == name; });
    return found == end ? nullptr : found;
}

parsed<std::shared_ptr<const html_tree>> build_html_tree(std::string_view utf8, const html::document_options& options) {
    gumbo_pool pool(options);
    const auto* output = run_gumbo(pool, utf8);
    if (!output) {
        return std::unexpected(
            parse_failure{fmt::format("parsing this page takes more {} than allowed", pool.exceeded), 1, 1});
    }
    auto tree = std::make_shared<html_tree>();
    tree->source = options.source;
    builder(*tree).build(*output->document);
    tree->base_url = base_url_of(*tree);
    return tree;
}

}  // namespace croft::text
