// error: a model needs a primary key: the member std::int64_t id = 0; or primary_key<&T::member>
#include <croft/query.hpp>

struct Country {
    std::string code;
};
struct City {
    std::string name;
};
CROFT_MODEL(Country, primary_key<&Country::code>);
CROFT_MODEL(City);  // misuse
