#include <croft/graphql.hpp>

#include "apps/drops/models.hpp"

CROFT_GRAPHQL(Drop, filters<&Drop::item, &Drop::block, &Drop::entity, &Drop::chance, &Drop::condition>,
              orders<&Drop::name, &Drop::chance>, pages());
CROFT_GRAPHQL_QUERY("drops", list<Drop>);
