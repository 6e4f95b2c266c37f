#include <croft/graphql.hpp>

#include "apps/blocks/models.hpp"

CROFT_GRAPHQL(Block, filters<&Block::id, &Block::name, &Block::hardness, &Block::emit_light, &Block::material>,
              orders<&Block::id, &Block::name, &Block::hardness, &Block::resistance, &Block::emit_light>, pages(),
              field("shines", [](const Block& block) { return block.emit_light > 0; }));
CROFT_GRAPHQL_QUERY("blocks", list<Block>);
CROFT_GRAPHQL_QUERY("block", one<Block>);
CROFT_GRAPHQL_QUERY("blockHistory", history<Block>);
