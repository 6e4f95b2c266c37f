// The macros need no using directive.
#include <croft/every.hpp>

CROFT_EVERY(30s, quiet_poll, {.missed = missed::skip}) { co_return; }
