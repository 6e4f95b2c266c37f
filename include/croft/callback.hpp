// callback<R(A...)>: a function, lambda or function object, kept to be called later. It is what Croft's own
// declarations hold instead of std::function, because <functional> brings hash tables and algorithms into every file
// that sees it.
//
//     croft::callback<int(int)> twice = [](int n) { return 2 * n; };
//     if (twice) std::printf("%d\n", twice(21));
//
// Copies are independent, as with std::function. Calling an empty one ends the program: ask first. Any thread, as far
// as the callable allows it.
#pragma once

#include <type_traits>
#include <utility>

namespace croft {

namespace detail {

/// What doesn't depend on the signature: who owns the callable.
class callback_owner {
public:
    bool empty() const noexcept { return object_ == nullptr; }

protected:
    using keeper = void* (*)(void* object, bool copy);  // gives a copy, or destroys it and gives nothing

    callback_owner() noexcept = default;
    callback_owner(void* object, keeper keep) noexcept : object_(object), keep_(keep) {}
    callback_owner(const callback_owner& other)
        : object_(other.object_ ? other.keep_(other.object_, true) : nullptr), keep_(other.keep_) {}
    callback_owner(callback_owner&& other) noexcept
        : object_(std::exchange(other.object_, nullptr)), keep_(other.keep_) {}
    callback_owner& operator=(const callback_owner& other) {
        callback_owner copy(other);
        return *this = std::move(copy);
    }
    callback_owner& operator=(callback_owner&& other) noexcept {
        std::swap(object_, other.object_);
        std::swap(keep_, other.keep_);
        return *this;
    }
    ~callback_owner() {
        if (object_) keep_(object_, false);
    }

    void* object_ = nullptr;
    keeper keep_ = nullptr;
};

}  // namespace detail

template <class Signature>
class callback;

template <class R, class... A>
class callback<R(A...)> : detail::callback_owner {
public:
    callback() noexcept = default;
    template <class F>
        requires(!std::is_same_v<F, callback> && std::is_invocable_r_v<R, F&, A...>)
    callback(F fn)
        : callback_owner(new F(std::move(fn)),
                         [](void* object, bool copy) -> void* {
                             if (copy) return new F(*static_cast<const F*>(object));
                             delete static_cast<F*>(object);
                             return nullptr;
                         }),
          call_([](void* object, A... arguments) -> R {
              return (*static_cast<F*>(object))(static_cast<A&&>(arguments)...);
          }) {}

    explicit operator bool() const noexcept { return !empty(); }
    R operator()(A... arguments) const { return call_(object_, static_cast<A&&>(arguments)...); }

private:
    R (*call_)(void* object, A... arguments) = nullptr;
};

}  // namespace croft
