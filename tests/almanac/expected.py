"""What the almanac should hold, computed from the upstream's files without any of the almanac's code."""
import collections, functools, json, os, pathlib

DATA = pathlib.Path(os.environ["ALMANAC_DATA"])
PATHS = json.loads((DATA / "dataPaths.json").read_text())["pc"]
VERSIONS = "1.8 1.12.2 1.13.2 1.14.4 1.15.2 1.16.5 1.17.1 1.18.2 1.19.4 1.20.6 1.21.4 1.21.11 26.1".split()


@functools.cache
def resource(version, name):
    folder = PATHS[version].get(name)
    return json.loads((DATA / folder / f"{name}.json").read_text()) if folder else []


def named(version, name):
    first = {}
    for row in resource(version, name):
        first.setdefault(row["name"], row)
    return first


def recipe_counts(version):
    """How many recipes, ingredients, and items used in all (of versions with plain ids in recipes)."""
    recipes = ingredients = used = 0
    for some in resource(version, "recipes").values():
        for recipe in some:
            cells = [c for row in recipe.get("inShape", []) for c in row if c is not None] + recipe.get("ingredients", [])
            recipes, ingredients, used = recipes + 1, ingredients + len(set(cells)), used + len(cells)
    return recipes, ingredients, used


def drop_count(version):
    items, count = named(version, "items"), 0
    for table, source, sources in (("blockLoot", "block", "blocks"), ("entityLoot", "entity", "entities")):
        known = named(version, sources)
        for row in resource(version, table):
            count += sum(drop["item"] in items and row[source] in known for drop in row["drops"])
    return count


def counts(version):
    recipes, ingredients, _ = recipe_counts(version)
    return {"item": len(named(version, "items")), "block": len(named(version, "blocks")),
            "entity": len(named(version, "entities")), "biome": len(named(version, "biomes")),
            "enchantment": len(named(version, "enchantments")),
            "food": sum(name in named(version, "items") for name in named(version, "foods")),
            "recipe": recipes, "recipe_ingredient": ingredients, "drop": drop_count(version)}


def timeline(name, columns):
    """name -> [(version, change, values…)]: what the history of these rows must tell."""
    told, before = collections.defaultdict(list), {}
    for version in VERSIONS:
        now = {key: tuple(row.get(column) for column in columns) for key, row in named(version, name).items()}
        for key in now:
            if now[key] != before.get(key):
                told[key].append((version, "update" if key in before else "insert", *now[key]))
        for key in before.keys() - now.keys():
            told[key].append((version, "delete", *before[key]))
        before = now
    return told
