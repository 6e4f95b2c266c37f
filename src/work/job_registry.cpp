#include "work/job_registry.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "base/text.hpp"
#include "croft/every.hpp"

namespace croft::work {
namespace {

struct declared_queue {
    std::string name;
    queue_options options;
    std::string file;
    int line = 0;
};
struct declared {
    std::vector<job_info*> jobs;
    std::vector<declared_queue> queues;
};
// Declarations come before main(), from files in any order: the lists are made by whoever is first.
declared& declarations() {
    static declared all;
    return all;
}

void check(const job_info& job, std::vector<std::string>& problems) {
    const auto refuse = [&](std::string_view why) {
        problems.push_back(fmt::format("{}:{}: job {}: {}", job.file, job.line, job.name, why));
    };
    const auto& options = job.options;
    if (options.attempts < 1) refuse(".attempts must be at least 1");
    if (options.timeout < 0s) refuse(".timeout is negative; 0 means no limit");
    if (options.retry_from <= 0s) refuse(".retry_from must be more than 0");
    if (options.retry_to < options.retry_from) refuse(".retry_to is shorter than .retry_from");
    if (options.keep < 0s) refuse(".keep is negative; 0 means not at all");
    if (options.version < 1) refuse(".version must be at least 1");
    if (options.queue.empty()) refuse(".queue is empty");
}

void check(const declared_queue& queue, std::vector<std::string>& problems) {
    const auto refuse = [&](std::string_view why) {
        problems.push_back(fmt::format("{}:{}: queue {}: {}", queue.file, queue.line, queue.name, why));
    };
    if (queue.options.concurrency < 1) refuse(".concurrency must be at least 1");
    if (queue.options.rate < 0) refuse(".rate is negative; 0 means no limit");
    if (queue.options.per <= 0s) refuse(".per must be more than 0");
}

}  // namespace

const job_info* job_book::find(std::string_view name) const {
    const auto found = jobs.find(name);
    return found == jobs.end() ? nullptr : found->second;
}

void declare_job(job_info& job) {
    job.name = task_name(job.file, job.function);
    declarations().jobs.push_back(&job);
}

bool declare_queue(std::string name, queue_options options, const char* file, int line) {
    declarations().queues.push_back({std::move(name), options, file, line});
    return true;
}

job_book check_jobs() {
    job_book book;
    std::vector<std::string> problems;
    std::map<std::string, const declared_queue*> places;
    for (const auto& queue : declarations().queues) {
        check(queue, problems);
        const auto [at, fresh] = places.try_emplace(queue.name, &queue);
        if (!fresh)
            problems.push_back(fmt::format("{}:{}: queue {}: it is declared at {}:{} already", queue.file, queue.line,
                                           queue.name, at->second->file, at->second->line));
        book.queues.try_emplace(queue.name, queue.options);
    }
    for (const auto* job : declarations().jobs) {
        check(*job, problems);
        const auto [at, fresh] = book.jobs.try_emplace(job->name, job);
        if (!fresh)
            problems.push_back(fmt::format("{}:{}: job {}: the name is taken by {}:{}; names are <app>.<function>",
                                           job->file, job->line, job->name, at->second->file, at->second->line));
        book.queues.try_emplace(job->options.queue);
    }
    book.queues.try_emplace("default");
    if (!problems.empty()) throw config_error(fmt::format("{}", fmt::join(problems, "; ")));
    return book;
}

void require_queue(const std::string& queue) {
    if (queue == "default") return;
    std::set<std::string_view> names{"default"};
    for (const auto& one : declarations().queues) names.insert(one.name);
    for (const auto* job : declarations().jobs) names.insert(job->options.queue);
    if (names.contains(queue)) return;
    throw config_error("there is no queue " + quoted(queue) +
                       did_you_mean(queue, std::vector<std::string_view>(names.begin(), names.end())) +
                       "; CROFT_QUEUE declares one");
}

}  // namespace croft::work
