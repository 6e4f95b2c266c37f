#include <croft/graphql.hpp>

#include "apps/versions/models.hpp"

CROFT_GRAPHQL(Version, filters<&Version::name, &Version::protocol, &Version::ingested_at>,
              orders<&Version::name, &Version::protocol>, pages());
CROFT_GRAPHQL(VersionChange, filters<&VersionChange::table, &VersionChange::version>,
              orders<&VersionChange::table, &VersionChange::version>, pages());
CROFT_GRAPHQL_QUERY("versions", list<Version>);
CROFT_GRAPHQL_QUERY("version", one<Version>);
