#include <croft/graphql.hpp>

#include "apps/entities/models.hpp"

CROFT_GRAPHQL(Entity, filters<&Entity::id, &Entity::name, &Entity::type, &Entity::category>,
              orders<&Entity::id, &Entity::name>, pages());
CROFT_GRAPHQL_QUERY("entities", list<Entity>);
CROFT_GRAPHQL_QUERY("entity", one<Entity>);
CROFT_GRAPHQL_QUERY("entityHistory", history<Entity>);
