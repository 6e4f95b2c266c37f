// error: a model has one primary key: primary_key<&T::a, &T::b> for one of several members
#include <croft/query.hpp>

struct Visit {
    std::int32_t day = 0, page = 0;
};
CROFT_MODEL(Visit, primary_key<&Visit::day>
            , primary_key<&Visit::page>  // misuse
);
