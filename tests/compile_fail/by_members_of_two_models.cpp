// error: the members of by<> must be of one model
#include <croft/load.hpp>

struct Place {
    std::int64_t id = 0;
    std::string country, code;
};
CROFT_MODEL(Place, unique<&Place::country, &Place::code>);
struct Stock {
    std::int64_t id = 0;
    croft::ref<Place, "stocks"> place;
    std::string code;
};
CROFT_MODEL(Stock);

const auto rule = croft::from<&Stock::place>("country", "code"
                                             , croft::by<&Place::country, &Stock::code>  // misuse
);
