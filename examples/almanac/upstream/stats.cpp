#include "stats.hpp"

namespace upstream {

void stats::count(const std::string& path, const std::string& outcome, bool conditional) {
    ++requests_;
    conditional_ += conditional;
    not_modified_ += outcome == "304";
    // A path that could stand in no JSON string unescaped, or one too many, is counted with the others of its kind.
    const bool plain =
        path.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/%") == path.npos;
    const bool room = by_path_.size() < 10'000 || by_path_.contains(path);
    ++by_path_[plain && room ? path : "(others)"][outcome];
}

std::string stats::print() const {
    std::string paths;
    for (const auto& [path, outcomes] : by_path_) {
        std::string counts;
        for (const auto& [outcome, times] : outcomes)
            counts += (counts.empty() ? "\"" : ",\"") + outcome + "\":" + std::to_string(times);
        paths += (paths.empty() ? "\n\"" : ",\n\"") + path + "\":{" + counts + "}";
    }
    return "{\"requests\":" + std::to_string(requests_) + ",\"conditional\":" + std::to_string(conditional_) +
           ",\"not_modified\":" + std::to_string(not_modified_) + ",\"paths\":{" + paths + "}}\n";
}

}  // namespace upstream
