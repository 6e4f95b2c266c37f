#include "runtime/loop.hpp"

#include <algorithm>
#include <boost/asio/thread_pool.hpp>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <utility>

#include "base/linger.hpp"

namespace croft::runtime {

constinit thread_local thread_state here{};

class loop::workers {
public:
    workers() : pool_(std::max(2u, std::thread::hardware_concurrency())) {}
    ~workers() { pool_.join(); }
    boost::asio::thread_pool& pool() noexcept { return pool_; }

private:
    boost::asio::thread_pool pool_;
};

loop::loop(clock& time) : clock_(time), before_(here) {
    here = {};
    here.active = this;
}

loop::~loop() {
    workers_.reset();  // joins: whatever they still post finds io_ alive
    here = before_;
    clear_left_frames();
}

loop& loop::current() {
    if (!here.active) throw error("no event loop runs on this thread: this must be called from a task");
    return *here.active;
}

void loop::run(task<> main) {
    event done;
    outcome<void> result;
    group root;
    root.spawn(settle_into(std::move(main), &result, &done));
    while (root.size() > 0) turn();
    result.take();
}

void loop::turn() {
    if (!cancelling_.linked()) wait_for_events();
    cancel_groups();
    fire_timers();
    run_ready();
}

namespace {

/// How long a round goes on before those whom the outside woke meanwhile, and whom they wake, get as long.
struct slice {
    std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
    unsigned asked = 0;
    bool is_over() {  // a look at the clock costs as much as a task's turn
        return ++asked % 8 == 0 && std::chrono::steady_clock::now() - began >= std::chrono::milliseconds(1);
    }
};

/// Appends all of `from`.
void move_all(links& from, links& to) noexcept {
    if (!from.linked()) return;
    from.next->prev = to.prev, from.prev->next = &to;
    to.prev->next = from.next, to.prev = from.prev;
    from.prev = from.next = &from;
}

waiter& take_first(links& from) noexcept {
    auto& who = static_cast<waiter&>(*from.next);
    who.unlink();
    return who;
}

}  // namespace

void loop::run_ready() {
    links round;  // those that become ready meanwhile run in the next turn, so that timers and I/O get theirs
    move_all(ready_, round);
    const bool timed = !clock_.is_virtual();  // else the order in a test would hang on how fast the machine is
    slice part;
    while (round.linked()) {
        resume(take_first(round));
        if (!timed || !round.linked() || !part.is_over()) continue;
        links meanwhile, arrived;
        move_all(ready_, meanwhile);
        io_.poll();
        move_all(ready_, arrived);
        for (part = {}; arrived.linked() && !part.is_over(); move_all(ready_, arrived)) resume(take_first(arrived));
        move_all(arrived, meanwhile);
        move_all(meanwhile, ready_);
        part = {};
    }
}

void loop::resume(waiter& who) {
    here.current = who.fiber_;
    here.next = who.frame_;
    while (here.next) std::exchange(here.next, {}).resume();
    here.current = nullptr;
    if (auto* done = std::exchange(here.finished, nullptr)) done->owner->ended(*done);
}

void loop::cancel_groups() {
    while (cancelling_.linked()) {
        links* node = cancelling_.next;
        node->unlink();
        auto& cancelled = *reinterpret_cast<group*>(reinterpret_cast<char*>(node) - offsetof(group, cancelling_));
        for (links* child = cancelled.children_.next; child != &cancelled.children_;) {
            auto& who = static_cast<fiber&>(*child);
            child = child->next;
            if (who.doomed) cancelled.destroy(who);
        }
        if (cancelled.size_ == 0)
            while (cancelled.idle_.linked()) static_cast<waiter*>(cancelled.idle_.next)->wake();
    }
}

void loop::wait_for_events() {
    if (ready_.linked()) {
        io_.poll();
        return;
    }
    const auto deadline = next_deadline();
    if (!clock_.is_virtual()) {
        const auto due = [&] { return deadline && *deadline <= clock_.monotonic(); };
        if (std::exchange(expects_soon_, false) && linger_until([&] { return io_.poll_one() > 0 || due(); })) return;
        if (!deadline)
            io_.run_one();
        else if (const auto pause = *deadline - clock_.monotonic(); pause > 0us)
            io_.run_one_for(pause);  // what else has come with it is taken next, without asking the system again
        else
            io_.poll();
        return;
    }
    if (io_.poll() > 0 || (deadline && *deadline <= clock_.monotonic())) return;
    if (outside_ > 0) {
        io_.run_one();
    } else if (settling_.linked()) {
        static_cast<waiter*>(settling_.next)->wake();
    } else if (!deadline || !clock_.jump_when_idle(*deadline)) {
        io_.run_one();
    }
}

void loop::submit(std::shared_ptr<remote_work> work) {
    if (!workers_) workers_ = std::make_unique<workers>();
    begin_outside();
    boost::asio::post(workers_->pool(), [this, work = std::move(work)]() mutable {
        work->execute();
        finish(std::move(work));
    });
}

// The timer heap: a binary heap of deadlines; each timer knows its index, so that it can be taken out in O(log n).

std::optional<duration> loop::next_deadline() const {
    if (timers_.empty()) return std::nullopt;
    return timers_.front().deadline;
}

void loop::fire_timers() {
    if (timers_.empty()) return;
    const auto reached = clock_.monotonic();
    while (!timers_.empty() && timers_.front().deadline <= reached) {
        timer& who = *timers_.front().who;
        remove(who);
        who.fired_ = true;
        who.target_->wake();
    }
}

void loop::place(std::size_t index, entry item) noexcept {
    timers_[index] = item;
    item.who->index_ = index;
}

void loop::sift_up(std::size_t index) noexcept {
    const entry item = timers_[index];
    while (index > 0 && earlier(item, timers_[(index - 1) / 2])) {
        place(index, timers_[(index - 1) / 2]);
        index = (index - 1) / 2;
    }
    place(index, item);
}

void loop::sift_down(std::size_t index) noexcept {
    const entry item = timers_[index];
    for (;;) {
        std::size_t child = 2 * index + 1;
        if (child >= timers_.size()) break;
        if (child + 1 < timers_.size() && earlier(timers_[child + 1], timers_[child])) ++child;
        if (!earlier(timers_[child], item)) break;
        place(index, timers_[child]);
        index = child;
    }
    place(index, item);
}

void loop::add(timer& who, duration deadline) {
    timers_.push_back({deadline, ++order_, &who});
    who.loop_ = this;
    sift_up(timers_.size() - 1);
}

void loop::remove(timer& who) noexcept {
    const std::size_t index = std::exchange(who.index_, timer::idle);
    const entry last = timers_.back();
    timers_.pop_back();
    if (last.who == &who) return;
    place(index, last);
    sift_up(index);
    sift_down(last.who->index_);
}

void timer::start(duration after, waiter& target) {
    stop();
    auto& owner = loop::current();
    target_ = &target;
    fired_ = false;
    owner.add(*this, owner.time().monotonic() + std::max(after, duration{0}));
}

void timer::stop() noexcept {
    if (index_ != idle) loop_->remove(*this);
}

void waiter::wake() noexcept {
    unlink();
    here.active->ready_.push_back(*this);
}

inherited& locals() {
    if (!here.current) throw error("not inside a task: this must be called from a coroutine that the loop runs");
    return here.current->locals;
}

void submit_to_workers(std::shared_ptr<remote_work> work) { loop::current().submit(std::move(work)); }

}  // namespace croft::runtime

namespace croft {

void run(task<> main, clock& time) {
    runtime::loop loop(time);
    loop.run(std::move(main));
}

time_point now() { return runtime::here.active ? runtime::here.active->time().now() : machine_clock().now(); }

}  // namespace croft
