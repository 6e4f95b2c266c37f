// What scripts/check-compile-budget measures compile cost in: the standard headers that every program has anyway.
// One of these is a second of the machine that the budgets in docs/architecture.md were set on (docs/benchmarks.md says
// how that is known).
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>
