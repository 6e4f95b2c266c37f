// The search behind OverlappingFieldsCanBeMerged (§5.3.2): groups fields by response name, finds those that can't be
// one.
#pragma once

#include <deque>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "graphql/validation/context.hpp"

namespace croft::graphql {

/// Two fields of one response name that can't be merged: for a reason of their own, or for conflicts inside of them.
struct merge_conflict {
    const field* first;
    const field* second;
    std::string reason;
    std::vector<merge_conflict> inner{};
};

class field_merger {
public:
    explicit field_merger(const validation_context& context) : context_(context) {}

    void check(const operation_definition& operation);
    /// Does nothing for a fragment that was met on the way; so operations come first.
    void check(const fragment_definition& fragment);
    const std::vector<merge_conflict>& conflicts() const { return conflicts_; }
    /// Whether the bound on the work was met, so that conflicts may have been missed.
    bool gave_up() const { return gave_up_; }

private:
    static constexpr std::size_t most_visits =
        250'000;  // fields and fragments; a document of 15,000 tokens has some 7,000 fields
    static constexpr std::size_t most_depth = 1'000;  // of the messages' nesting

    /// A field as selected on a type, through the fields above it.
    struct selected {
        const field* node;
        const named_type* parent;
        const field_definition* definition;
        const selected* above;
        std::size_t depth;
    };
    using group = std::vector<const selected*>;

    /// Selections to be merged with one another.
    struct source {
        const selection_set* selections;
        const named_type* type;
        const selected* above;
    };
    enum class pass { same_object, shape };
    struct task {
        pass which;
        std::vector<source> sources;
    };

    void check(const selection_set& selections, const named_type* parent);
    bool within_bound();
    void run(task work);
    std::vector<group> collect(const std::vector<source>& sources);
    void check_same_object(const group& fields);
    void check_group(pass which, const group& fields);
    void merge_inside(pass which, const group& fields);
    std::string difference(pass which, const selected& a, const selected& b);
    const std::string& arguments_text(const field& node);
    void note(const selected& a, const selected& b, const std::string& reason);

    const validation_context& context_;
    std::deque<selected> selected_;
    std::size_t visits_ = 0;
    std::unordered_set<const fragment_definition*> covered_;  // opened somewhere: what they hold was merged there
    std::vector<task> tasks_;
    std::set<std::vector<const selection_set*>> seen_[2];
    std::unordered_map<const field*, std::string> arguments_;
    std::set<std::pair<const field*, const field*>> noted_;
    std::vector<merge_conflict> conflicts_;
    bool gave_up_ = false;
};

}  // namespace croft::graphql
