#pragma once

#include <croft/load.hpp>

#include "apps/versions/models.hpp"

inline const croft::serializer<Version> version_rows(
    croft::from<&Version::resources>("resources", croft::convert([](const croft::json& names) {
                                         std::string all;
                                         for (const auto& name : names.array())
                                             all += (all.empty() ? "" : " ") + name.text();
                                         return all;
                                     })));
