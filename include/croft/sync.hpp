// What tasks wait for of each other: event, semaphore.
//
//     croft::semaphore at_once(4);
//     auto permit = co_await at_once.acquire();  // given back at the end of its scope
#pragma once

#include "croft/detail/task.hpp"

namespace croft {

/// A flag that tasks wait for. Stays set until reset().
class event {
public:
    event() = default;
    event(const event&) = delete;
    event& operator=(const event&) = delete;

    /// Wakes all that wait. Loop thread only.
    void set() noexcept;
    void reset() noexcept { set_ = false; }
    bool is_set() const noexcept { return set_; }

    class [[nodiscard]] awaiter : runtime::waiter {
    public:
        awaiter(event& owner, std::optional<duration> limit) noexcept : owner_(owner), limit_(limit) {}
        bool await_ready() const noexcept { return owner_.set_; }
        void await_suspend(std::coroutine_handle<> frame) {
            suspend(frame);
            owner_.waiting_.push_back(*this);
            if (limit_) timer_.start(*limit_, *this);
        }
        /// True when the event was set, false when the time ran out first.
        bool await_resume() const noexcept { return !timer_.fired(); }

    private:
        event& owner_;
        std::optional<duration> limit_;
        runtime::timer timer_;
    };
    /// co_await e.wait(): until the event is set.
    awaiter wait() noexcept { return {*this, std::nullopt}; }
    /// co_await e.wait_for(1s): true when it was set, false when the time ran out first.
    template <class Rep, class Period>
    awaiter wait_for(std::chrono::duration<Rep, Period> limit) noexcept {
        return {*this, std::chrono::ceil<duration>(limit)};
    }

private:
    runtime::links waiting_;
    bool set_ = false;
};

/// A fixed number of permits, handed out first come, first served.
class semaphore {
public:
    explicit semaphore(std::size_t permits) noexcept : free_(permits) {}
    semaphore(const semaphore&) = delete;
    semaphore& operator=(const semaphore&) = delete;

    /// Gives its permit back when it goes out of scope. The semaphore must outlive it.
    class [[nodiscard]] permit {
    public:
        explicit permit(semaphore& owner) noexcept : owner_(&owner) {}
        permit(permit&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
        permit& operator=(permit&& other) noexcept {
            std::swap(owner_, other.owner_);
            return *this;
        }
        ~permit() {
            if (owner_) owner_->give_back();
        }

    private:
        semaphore* owner_;
    };

    class [[nodiscard]] awaiter : runtime::waiter {
    public:
        explicit awaiter(semaphore& owner) noexcept : owner_(owner) {}
        ~awaiter() {
            if (granted_) owner_.give_back();  // destroyed between being granted and being resumed
        }
        bool await_ready() noexcept {
            if (owner_.free_ == 0) return false;
            --owner_.free_;
            return granted_ = true;
        }
        void await_suspend(std::coroutine_handle<> frame) noexcept {
            suspend(frame);
            owner_.waiting_.push_back(*this);
        }
        permit await_resume() noexcept {
            granted_ = false;
            return permit(owner_);
        }

    private:
        friend class semaphore;
        semaphore& owner_;
        bool granted_ = false;
    };
    /// auto permit = co_await s.acquire();
    awaiter acquire() noexcept { return awaiter(*this); }

private:
    void give_back() noexcept;
    runtime::links waiting_;
    std::size_t free_;
};

}  // namespace croft
