// What scripts/check-compile-budget measures compile cost in: the standard headers that every program has anyway.
// docs/benchmarks.md says how many seconds of the budget it stands for.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>
