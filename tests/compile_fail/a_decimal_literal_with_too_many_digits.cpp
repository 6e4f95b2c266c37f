// error: this literal has more digits after the point than the decimal
#include <croft/query.hpp>

const croft::decimal<2> right = 9.99;
const croft::decimal<2> wrong = 9.999;  // misuse
