#pragma once

#include <croft/load.hpp>

#include "apps/versions/models.hpp"

inline const auto version_rows = croft::serializer<Version>(
    croft::from<&Version::name>("name", croft::required, croft::max_length(50)),
    croft::from<&Version::resources>("resources", croft::required, croft::convert([](const croft::json& names) {
                                         std::string all;
                                         for (const auto& name : names.array())
                                             all += (all.empty() ? "" : " ") + name.text();
                                         return all;
                                     })));
