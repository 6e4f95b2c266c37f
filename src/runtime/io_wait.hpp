// Awaiting an Asio operation from a task. One operation at a time for each io_wait.
//
//     auto [failure, bytes] = co_await wait_([&](auto done) { socket_.async_read_some(buffer, std::move(done)); });
//
// The task may be destroyed meanwhile: the completion then finds nobody to wake. Whoever owns the socket must close or
// cancel it before the operation's buffers go, which a socket's destructor does. Loop thread only.
#pragma once

#include <boost/system/error_code.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "croft/task.hpp"

namespace croft::runtime {

class io_wait {
public:
    struct outcome {
        boost::system::error_code failure;
        std::size_t bytes = 0;
    };

    template <class Start>
    class [[nodiscard]] awaiter : waiter {
    public:
        awaiter(io_wait& owner, Start start) : owner_(owner), start_(std::move(start)) {}
        ~awaiter() { owner_.slot_->target = nullptr; }
        bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<> frame) {
            suspend(frame);
            owner_.slot_->target = this;
            start_(completion{owner_.slot_, ++owner_.slot_->turn});
        }
        outcome await_resume() const noexcept { return owner_.slot_->result; }

    private:
        io_wait& owner_;
        Start start_;
    };

    template <class Start>
    awaiter<Start> operator()(Start start) {
        return awaiter<Start>(*this, std::move(start));
    }

private:
    struct slot {
        waiter* target = nullptr;
        std::uint64_t turn = 0;  // of how many that waited
        outcome result;
    };
    struct completion {
        std::shared_ptr<slot> to;
        std::uint64_t turn = 0;
        /// One of an earlier turn, cancelled as it was waited for together with another, comes when that turn is over.
        void operator()(boost::system::error_code failure, std::size_t bytes = 0) const noexcept {
            if (to->turn != turn) return;
            to->result = {failure, bytes};
            if (to->target) to->target->wake();
        }
    };
    std::shared_ptr<slot> slot_ = std::make_shared<slot>();
};

}  // namespace croft::runtime
