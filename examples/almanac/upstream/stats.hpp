// What the site was asked and how it answered, for tests: GET /admin/stats.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace upstream {

class stats {
public:
    /// `outcome`: the status, or the name of the fate of a request that got no whole answer.
    void count(const std::string& path, const std::string& outcome, bool conditional);
    void reset() { *this = {}; }
    std::string print() const;

private:
    std::uint64_t requests_ = 0, conditional_ = 0, not_modified_ = 0;
    std::map<std::string, std::map<std::string, std::uint64_t>> by_path_;
};

}  // namespace upstream
