#include <croft/every.hpp>
#include <croft/log.hpp>

#include "apps/versions/api.hpp"
#include "apps/versions/release.hpp"
#include "apps/versions/rows.hpp"
#include "apps/versions/store.hpp"

using namespace croft;

