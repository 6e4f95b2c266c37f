#include <cstdio>
#include <cstdlib>

#include "runtime/loop.hpp"

namespace croft {

using runtime::fiber;
using runtime::here;
using runtime::waiter;

namespace {

std::exception_ptr failure_of(std::coroutine_handle<> root) noexcept {
    return std::coroutine_handle<task<>::promise_type>::from_address(root.address()).promise().failure;
}

}  // namespace

group::~group() {
    // Whatever task runs now: should it be inside of one of ours, then its own group is being destroyed too, by the
    // frames that we are about to destroy, and finds itself here.
    if (here.current && here.current->owner == this) {
        std::fputs("croft: a task destroyed the group it runs in; call cancel() instead\n", stderr);
        std::abort();
    }
    while (children_.linked()) destroy(static_cast<fiber&>(*children_.next));
    idle_.unlink();
    cancelling_.unlink();
}

void group::spawn(task<> work) {
    auto& loop = runtime::loop::current();
    auto child = std::make_unique<fiber>();
    child->owner = this;
    if (here.current) child->locals = here.current->locals;
    child->root = work.frame_;
    child->start.frame_ = work.frame_;
    child->start.fiber_ = child.get();
    work.frame_.promise().root_of = child.get();
    work.frame_ = {};
    loop.ready_.push_back(child->start);
    children_.push_back(*child.release());
    ++size_;
}

void group::cancel() noexcept {
    if (size_ == 0) return;
    for (auto* child = children_.next; child != &children_; child = child->next)
        static_cast<fiber&>(*child).doomed = true;
    if (!cancelling_.linked()) here.active->cancelling_.push_back(cancelling_);
}

void group::rethrow() {
    if (failure_) std::rethrow_exception(std::exchange(failure_, {}));
}

/// A child has run to its end.
void group::ended(fiber& child) noexcept {
    if (auto failure = failure_of(child.root); failure && !failure_) {
        failure_ = failure;
        child.doomed = true;
        cancel();
    }
    destroy(child);
    if (size_ == 0)
        while (idle_.linked()) static_cast<waiter*>(idle_.next)->wake();
}

void group::destroy(fiber& child) noexcept {
    child.unlink();
    --size_;
    child.root.destroy();
    delete &child;
}

void event::set() noexcept {
    set_ = true;
    while (waiting_.linked()) static_cast<waiter*>(waiting_.next)->wake();
}

void semaphore::give_back() noexcept {
    if (!waiting_.linked()) {
        ++free_;
        return;
    }
    auto& next = static_cast<awaiter&>(static_cast<waiter&>(*waiting_.next));
    next.granted_ = true;
    next.wake();
}

}  // namespace croft
