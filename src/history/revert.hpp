// Brings rows of several models to a state that they had, in the order that references need. Internal to history.
#pragma once

#include <map>
#include <set>

#include "croft/history.hpp"

namespace croft::history {

class restoring {
public:
    /// What the row with this key is to be: nothing for none. Only the first word on a row counts.
    void want(const model_info* model, std::vector<value> key, std::optional<std::vector<value>> row) {
        wanted_[model].emplace(std::move(key), std::move(row));
    }
    bool empty() const noexcept { return wanted_.empty(); }

    // In this order, within one transaction.
    task<> prepare();
    task<std::vector<std::string>> find_dependents();
    task<revert_report> apply();

private:
    struct reference_to_come {
        const model_info* model;
        std::vector<value> key;
        std::size_t field;
        value to;
    };

    bool goes(const field_info& field, const value& to) const;
    bool is_to_come(const field_info& field, const value& to) const;
    task<> find_dependents_in(const model_info* model, std::size_t field, std::vector<value> ids,
                              std::vector<std::string>* found);
    task<> leave_what_goes(const model_info* model);
    task<> remove(const model_info* model);
    task<> update(const model_info* model);
    task<> insert(const model_info* model);
    task<> refer();
    task<> write_fields(const model_info* model, std::vector<value> key, std::vector<std::size_t> fields,
                        std::vector<value> values);

    std::map<const model_info*, std::map<std::vector<value>, std::optional<std::vector<value>>>> wanted_;
    std::map<const model_info*, std::map<std::vector<value>, std::vector<value>>> present_;
    std::vector<const model_info*> order_;  // what is referred to comes first
    std::set<std::pair<const model_info*, std::vector<value>>> inserted_;
    std::vector<reference_to_come> later_;
    revert_report report_;
};

}  // namespace croft::history
