// stream<T>: a coroutine that gives many T, one at a time, and may await in between. The consumer pulls, so a slow
// consumer holds back the source: back-pressure without a queue.
//
//     croft::stream<int> numbers() { for (int i = 0; i < 3; ++i) co_yield i; }
//     auto all = numbers();
//     while (auto n = co_await all.next()) use(*n);
//
// Stages are joined by |: each, concurrently, batch, and anything that can be called with a stream.
//
//     co_await (pages() | each(links) | concurrently(8, fetch) | batch(200) | save_all);
//
// A failure in a stage ends the stream and is thrown by next(). Loop thread only.
#pragma once

#include <iterator>
#include <memory>
#include <string_view>
#include <tuple>
#include <vector>

#include "croft/task.hpp"

namespace croft {

template <class T>
class [[nodiscard("a stream does nothing until next() is awaited")]] stream {
public:
    using value_type = T;

    struct promise_type {
        T* current = nullptr;
        std::coroutine_handle<> consumer{};
        bool started_inline = false;
        std::exception_ptr failure{};

        /// Gives way to the consumer.
        struct handover {
            bool await_ready() const noexcept { return false; }
            void await_suspend(std::coroutine_handle<promise_type> frame) const noexcept {
                auto& promise = frame.promise();
                if (!promise.started_inline) runtime::here.next = promise.consumer;
            }
            void await_resume() const noexcept {}
        };

        stream get_return_object() noexcept { return stream(std::coroutine_handle<promise_type>::from_promise(*this)); }
        std::suspend_always initial_suspend() const noexcept { return {}; }
        handover final_suspend() noexcept {
            current = nullptr;
            return {};
        }
        handover yield_value(T& value) noexcept {
            current = std::addressof(value);
            return {};
        }
        handover yield_value(T&& value) noexcept {
            current = std::addressof(value);
            return {};
        }
        void return_void() const noexcept {}
        void unhandled_exception() noexcept { failure = std::current_exception(); }
    };
    using handle = std::coroutine_handle<promise_type>;

    stream(stream&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}
    stream& operator=(stream&& other) noexcept {
        std::swap(frame_, other.frame_);
        return *this;
    }
    ~stream() {
        if (frame_) frame_.destroy();
    }

    struct [[nodiscard]] awaiter {
        handle frame;
        bool await_ready() const noexcept { return frame.done(); }
        bool await_suspend(std::coroutine_handle<> consumer) const {
            auto& promise = frame.promise();
            promise.consumer = consumer;
            promise.current = nullptr;
            promise.started_inline = true;
            frame.resume();
            promise.started_inline = false;
            return !promise.current && !frame.done();
        }
        std::optional<T> await_resume() const {
            auto& promise = frame.promise();
            if (promise.failure) std::rethrow_exception(std::exchange(promise.failure, {}));
            if (frame.done() || !promise.current) return std::nullopt;
            return std::optional<T>(std::move(*promise.current));
        }
    };
    /// The next element, or nothing at the end. Throws what the stream threw.
    awaiter next() noexcept { return {frame_}; }

private:
    explicit stream(handle frame) noexcept : frame_(frame) {}
    handle frame_;
};

namespace runtime {

template <class F, class T>
decltype(auto) call_stage(F& fn, T&& element) {
    if constexpr (std::is_member_object_pointer_v<F>)
        return std::forward<T>(element).*fn;
    else if constexpr (std::is_member_function_pointer_v<F>)
        return (std::forward<T>(element).*fn)();
    else if constexpr (std::is_invocable_v<F&, T&&>)
        return fn(std::forward<T>(element));
    else
        return std::apply(fn, std::forward<T>(element));  // a pair or tuple for a function of several parameters
}

template <class F, class T>
using stage_result = decltype(call_stage(std::declval<F&>(), std::declval<T>()));

template <class Range>
concept range = requires(Range& many) {
    std::begin(many);
    std::end(many);
};
template <class Range>
using element_of = std::iter_value_t<decltype(std::begin(std::declval<Range&>()))>;

template <class T, class F>
stream<element_of<stage_result<F, T>>> each_of(stream<T> in, F fn) {
    while (auto element = co_await in.next()) {
        auto many = call_stage(fn, std::move(*element));
        for (auto&& one : many) co_yield std::move(one);
    }
}

template <class T, class F>
stream<stage_result<F, T>> one_of(stream<T> in, F fn) {
    while (auto element = co_await in.next()) co_yield call_stage(fn, std::move(*element));
}

template <class T, class F, class U = typename stage_result<F, T>::value_type>
stream<U> run_concurrently(stream<T> in, std::size_t limit, F fn) {
    struct slot {
        outcome<U> result;
        event done;
    };
    std::vector<std::unique_ptr<slot>> under_way;  // at most `limit`, in the source's order
    group workers;                                 // declared after the slots it writes to: destroyed first
    bool more = true;
    for (;;) {
        while (more && under_way.size() < limit && (under_way.empty() || !under_way.front()->done.is_set())) {
            auto element = co_await in.next();
            if (!element) {
                more = false;
                break;
            }
            auto& place = *under_way.emplace_back(std::make_unique<slot>());
            workers.spawn(settle_into(call_stage(fn, std::move(*element)), &place.result, &place.done));
        }
        if (under_way.empty()) co_return;
        co_await under_way.front()->done.wait();
        U value = under_way.front()->result.take();
        under_way.erase(under_way.begin());
        co_yield std::move(value);
    }
}

template <class T>
stream<std::vector<T>> in_batches(stream<T> in, std::size_t size) {
    std::vector<T> batch;
    while (auto element = co_await in.next()) {
        batch.push_back(std::move(*element));
        if (batch.size() < size) continue;
        co_yield std::move(batch);
        batch.clear();
    }
    if (!batch.empty()) co_yield std::move(batch);
}

}  // namespace runtime

/// Joins a stream to a stage: any callable that takes it and gives another stream, or a task (a sink).
template <class T, class Stage>
    requires std::is_invocable_v<Stage, stream<T>>
auto operator|(stream<T> in, Stage stage) {
    return stage(std::move(in));
}

/// Stage: one element into another, or into many where `fn` gives a range (strings count as one).
template <class F>
auto each(F fn) {
    return [fn = std::move(fn)]<class T>(stream<T> in) mutable {
        using result = runtime::stage_result<F, T>;
        if constexpr (runtime::range<std::remove_reference_t<result>> &&
                      !std::is_convertible_v<result, std::string_view>)
            return runtime::each_of(std::move(in), std::move(fn));
        else
            return runtime::one_of(std::move(in), std::move(fn));
    };
}

/// Stage: awaits `fn(element)` for up to `limit` elements at the same time; the results keep the source's order.
template <class F>
auto concurrently(std::size_t limit, F fn) {
    return [limit, fn = std::move(fn)]<class T>(stream<T> in) mutable {
        return runtime::run_concurrently(std::move(in), limit == 0 ? 1 : limit, std::move(fn));
    };
}

/// Stage: vectors of up to `size` elements.
inline auto batch(std::size_t size) {
    return [size]<class T>(stream<T> in) { return runtime::in_batches(std::move(in), size == 0 ? 1 : size); };
}

/// Sink: all elements in one vector.
inline auto collect() {
    return []<class T>(stream<T> in) -> task<std::vector<T>> {
        return [](stream<T> source) -> task<std::vector<T>> {
            std::vector<T> elements;
            while (auto element = co_await source.next()) elements.push_back(std::move(*element));
            co_return elements;
        }(std::move(in));
    };
}

}  // namespace croft
