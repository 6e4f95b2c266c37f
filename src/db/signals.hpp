// Who listens on which channel of a database, in this process.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace croft::db {

class signals {
public:
    using callback = std::function<void(const std::string& payload)>;

    std::uint64_t add(const std::string& channel, callback call);
    void remove(std::uint64_t number) noexcept;
    /// Calls those that listen on `channel`; for an empty channel, all.
    void deliver(const std::string& channel, const std::string& payload) const;

private:
    struct entry {
        std::string channel;
        std::shared_ptr<const callback> call;
    };
    std::map<std::uint64_t, entry> listening_;
    std::uint64_t last_ = 0;
};

/// Ends when it is destroyed: nothing is called afterwards. May outlive its database.
class subscription {
public:
    subscription() = default;
    subscription(std::weak_ptr<signals> at, std::uint64_t number) : at_(std::move(at)), number_(number) {}
    subscription(subscription&& other) noexcept : at_(std::move(other.at_)), number_(std::exchange(other.number_, 0)) {}
    subscription& operator=(subscription&& other) noexcept {
        std::swap(at_, other.at_);
        std::swap(number_, other.number_);
        return *this;
    }
    ~subscription() {
        if (const auto held = at_.lock(); held && number_) held->remove(number_);
    }

private:
    std::weak_ptr<signals> at_;
    std::uint64_t number_ = 0;
};

}  // namespace croft::db
