#include "jobs.hpp"

using namespace croft;
using work::now_on;

work::scene croft::work::now_on;

CROFT_QUEUE(mail, {.concurrency = 2});
CROFT_QUEUE(slow, {.concurrency = 100, .rate = 10, .per = 1min});

CROFT_JOB(send_email, Email email) {
    now_on.log.push_back(email.to + "/" + email.subject);
    if (now_on.behave) co_await now_on.behave(email.to);
}
CROFT_JOB(thrice, Email email, {.attempts = 3, .timeout = 10min}) {
    now_on.log.push_back(email.to);
    if (now_on.behave) co_await now_on.behave(email.to);
}
CROFT_JOB(tidy_up, nothing) {
    now_on.log.push_back("tidy");
    co_return;
}
CROFT_JOB(newer, Email email, {.version = 2, .upgrade = [](json old, int from) {
                                   old.set("subject", "from version " + std::to_string(from));
                                   return old;
                               }}) {
    now_on.log.push_back(email.subject);
    co_return;
}
