// error: this struct is not a model: write CROFT_MODEL(Name) after its definition
#include <croft/query.hpp>

struct Stranger {
    std::int64_t id = 0;
};
inline void all() {
    (void)croft::query<Stranger>();  // misuse
}
