#!/usr/bin/env python3
"""The almanac against its upstream: what it stores is true, survives being killed, and the site's bad days."""
import collections, json, os, random, signal, subprocess, time, unittest

import expected
from world import get, graphql, on_postgres, wait_for, world


ITEM_COLUMNS = ("displayName", "stackSize", "maxDurability")


class all_versions(world):
    versions = ",".join(expected.VERSIONS)

    def test_are_ingested_truly_and_a_second_time_nothing_is_written(self):
        self.all_is_true()

    def all_is_true(self):
        self.ingest(seconds=150)
        last = expected.VERSIONS[-1]
        stored = self.tables()
        for table, count in expected.counts(last).items():
            self.assertEqual(len(stored[table]), count, table)
        used = expected.recipe_counts(last)[2]
        self.assertEqual(sum(row[2] for row in stored["recipe_ingredient"]), used)
        self.histories_tell_what_each_version_changed()
        self.each_version_is_told_in_the_log()
        self.a_second_ingest_writes_nothing(last)
        self.graphql_answers()
        self.rollups_agree(last)
        self.the_broken_row_is_set_aside()

    def rollups_agree(self, last):
        sizes = collections.Counter(row["stackSize"] for row in expected.named(last, "items").values())
        self.assertEqual(dict(self.rows("SELECT stack_size, count FROM stack_stats")), dict(sizes))
        told = self.command("rollup", "check")
        self.assertEqual((told.returncode, told.stdout), (0, "StackStats: right\n"), told.stderr)

    def the_broken_row_is_set_aside(self):
        told = self.command("rejected", "--model", "Food", "--json")
        self.assertEqual(told.returncode, 0, told.stderr)
        stew = [row for row in json.loads(told.stdout) if row["source"]["name"] == "mystery_stew"]
        self.assertEqual([(row["task"], row["reasons"]) for row in stew],
                         [("versions.ingest", '"foodPoints": Food.food_points: "plenty" is not an integer')])

    def histories_tell_what_each_version_changed(self):
        for table, resource, columns, source in (
                ("item", "items", "display_name, stack_size, max_durability", ITEM_COLUMNS),
                ("enchantment", "enchantments", "display_name, max_level, weight", ("displayName", "maxLevel", "weight"))):
            told = {}
            for name, *event in self.rows(f"SELECT name, history_note, history_change, {columns} FROM {table}_history"
                                          " ORDER BY history_id"):
                told.setdefault(name, []).append(tuple(event))
            should = expected.timeline(resource, source)
            self.assertEqual(told.keys(), should.keys())
            for name in should:
                seen = [event for i, event in enumerate(told[name]) if i == 0 or event[1] != "update"
                        or event[2:] != told[name][i - 1][2:]]  # other columns may have changed as well
                self.assertEqual(seen, should[name], name)

    def each_version_is_told_in_the_log(self):
        lines = self.said().splitlines()
        for version in expected.VERSIONS:
            self.assertEqual(sum(f"{version}: " in line and " rows added, " in line for line in lines), 1, self.said())

    def a_second_ingest_writes_nothing(self, last):
        before = self.tables(), self.histories()
        self.rows_changed_by_hand("UPDATE version SET ingested_at = NULL WHERE name = ?", last)
        told = self.command("tasks", "run", "versions.ingest")
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertIn(f"{last}: 0 rows added, 0 changed, 0 removed", told.stderr)
        self.assertEqual((self.tables(), self.histories()), before)

    def graphql_answers(self):
        self.start()
        base = self.served()
        item = graphql(base, """{ item(name: "coal") { displayName
            recipes { name ingredients { quantity item { name } } }
            usedIn { recipe { result { name } } }
            droppedBy { chance block { name } entity { name } } } }""")["data"]["item"]
        self.assertEqual(item["displayName"], "Coal")
        self.assertEqual(item["recipes"], [{"name": "coal x9 <- coal_block",
                                            "ingredients": [{"quantity": 1, "item": {"name": "coal_block"}}]}])
        self.assertIn({"recipe": {"result": {"name": "torch"}}}, item["usedIn"])
        self.assertIn("coal_ore", [drop["block"]["name"] for drop in item["droppedBy"] if drop["block"]])
        page = graphql(base, """{ items(filters: {name: {endsWith: "_pickaxe"}}, order: {maxDurability: DESC},
            pagination: {limit: 2}) { name maxDurability wearsOut } }""")["data"]["items"]
        self.assertEqual([row["name"] for row in page], ["netherite_pickaxe", "diamond_pickaxe"])
        self.assertTrue(all(row["wearsOut"] for row in page))
        changes = graphql(base, """{ itemHistory(filters: {note: {exact: "1.17.1"}, change: {exact: "delete"}}) {
            name } }""")["data"]["itemHistory"]
        self.assertEqual([change["name"] for change in changes], ["grass_path"])
        self.each_version_says_what_it_changed(base)
        self.an_item_s_life_is_told(base)
        self.everything_can_be_seen_as_it_was(base)

    def each_version_says_what_it_changed(self, base):
        should = collections.Counter((version, change) for life in expected.timeline("items", ITEM_COLUMNS).values()
                                     for version, change, *_ in life)
        versions = graphql(base, """{ versions { name
            changes(filters: {table: {exact: "item"}}) { added changed removed } } }""")["data"]["versions"]
        self.assertEqual({version["name"]: version["changes"] for version in versions},
                         {version: [{"added": should[version, "insert"], "changed": should[version, "update"],
                                     "removed": should[version, "delete"]}] for version in expected.VERSIONS})

    def an_item_s_life_is_told(self, base):
        lives = expected.timeline("items", ITEM_COLUMNS)
        name = max(lives, key=lambda one: len(lives[one]))
        told = graphql(base, """{ itemHistory(filters: {name: {exact: "%s"}}) {
            note change displayName stackSize maxDurability } }""" % name)["data"]["itemHistory"]
        self.assertEqual([tuple(event.values()) for event in told], lives[name])

    def everything_can_be_seen_as_it_was(self, base):
        for version in ("1.13.2", "1.17.1"):
            then = graphql(base, '{ version(name: "%s") { ingestedAt } }' % version)["data"]["version"]["ingestedAt"]
            past = graphql(base, """{ items(asOf: "%s") { name displayName } recipes(asOf: "%s") {
                result { displayName } ingredients { item { displayName } } } }""" % (then, then))["data"]
            items = expected.named(version, "items")
            self.assertEqual({item["name"]: item["displayName"] for item in past["items"]},
                             {name: item["displayName"] for name, item in items.items()})
            recipes, ingredients, _ = expected.recipe_counts(version)
            self.assertEqual((len(past["recipes"]), sum(len(one["ingredients"]) for one in past["recipes"])),
                             (recipes, ingredients))
            names = {item["displayName"] for item in items.values()}
            self.assertLessEqual({part["item"]["displayName"] for one in past["recipes"] for part in one["ingredients"]},
                                 names)


class all_versions_on_postgres(on_postgres, all_versions):
    def test_are_ingested_truly_and_a_second_time_nothing_is_written(self):
        self.all_is_true()


class migrations(world):
    def test_make_the_models_tables_and_adopt_a_database_of_before_there_were_any(self):
        self.all_is_migrated()

    def all_is_migrated(self):
        self.assertIn("applied 0001_initial\n", self.done("migrate"))
        self.assertEqual(self.done("migrate", "--check"), "nothing to do\n")  # and the models want nothing else
        self.rows_changed_by_hand("DELETE FROM croft_migration")
        self.assertEqual(self.done("migrate"), "adopted 0001_initial: its tables are there already\n")
        self.assertEqual(self.done("migrate", "--check"), "nothing to do\n")

    def done(self, *arguments):
        told = self.command(*arguments)
        self.assertEqual((told.returncode, told.stderr), (0, ""))
        return told.stdout


class migrations_on_postgres(on_postgres, migrations):
    def test_make_the_models_tables_and_adopt_a_database_of_before_there_were_any(self):
        self.all_is_migrated()


class killed(world):
    versions = "1.12.2,1.13.2,1.20.6"

    def test_at_any_moment_it_ends_in_the_same_tables_and_histories(self):
        """CROFT_TEST_TORTURE=n kills n times, CROFT_SEED=n elsewhere."""
        started = time.monotonic()
        self.ingest()
        undisturbed = time.monotonic() - started
        should = self.tables(), self.histories()
        seed = int(os.environ.get("CROFT_SEED", "1"))
        moments, whole = random.Random(seed), 0
        self.forget()
        for kill in range(int(os.environ.get("CROFT_TEST_TORTURE", "25"))):
            if self.all_ingested():
                self.assertEqual((self.tables(), self.histories()), should, f"seed {seed}, kill {kill}")
                self.forget()
                whole += 1
            self.start()
            try:
                self.app.wait(timeout=moments.uniform(0.01, 0.6 * undisturbed))
                self.fail("the almanac ended by itself: " + self.said())
            except subprocess.TimeoutExpired:
                self.kill()
        self.ingest()
        self.assertEqual((self.tables(), self.histories()), should, f"seed {seed}, at the end")
        self.assertEqual(self.rows("SELECT count(*) FROM croft_run WHERE outcome = 'running'"), [(0,)])
        self.assertEqual(self.rows("PRAGMA integrity_check"), [("ok",)])

    def forget(self):
        for file in self.folder.glob("almanac.db*"):
            file.unlink()


class upstream(world):
    """Bad days of the site. Meanwhile the app serves; afterwards it converges."""

    def endures(self, **mode):
        self.mode(**mode)
        self.start()
        self.base = self.served()
        error = wait_for(self.failed_runs, "a failed run; log:\n" + self.said(), 40, self.app)[0]
        self.serves()
        self.assertIn(self.site, error)
        listed = self.command("tasks")
        self.assertEqual(listed.returncode, 0, listed.stderr)
        row = next(line for line in listed.stdout.splitlines() if line.startswith("versions.ingest"))
        self.assertIn(self.site, row)
        self.assertTrue(any("versions.ingest" in line and self.site in line for line in self.said().splitlines()),
                        self.said())
        return error

    def serves(self):
        self.assertEqual(get(self.base + "/healthz")[0], 200)
        self.assertIn("data", graphql(self.base, "{ versions { name ingestedAt } }"))

    def converges(self):
        wait_for(self.all_ingested, "convergence; log:\n" + self.said(), 40, self.app)
        self.assertEqual(len(self.tables()["item"]), len(expected.named(self.versions, "items")))
        self.kill(signal.SIGTERM)

    def gets_well(self):
        self.mode()
        self.converges()

    def test_failing_is_reported_with_url_and_status(self):
        self.assertIn("503", self.endures(fail_rate=1, only="/api/1.8/blocks"))
        self.gets_well()

    def test_limiting_is_asked_no_sooner_than_it_said(self):
        self.assertIn("429", self.endures(limit_rate=1, retry_after=1, only="/api/1.8/items"))
        self.gets_well()

    def test_sending_broken_json_is_reported_with_line_and_column(self):
        self.assertRegex(self.endures(broken_json_rate=1, only="/api/1.8/recipes"), r"/api/1\.8/recipes.*line \d+")
        self.gets_well()

    def test_breaking_off_is_reported(self):
        self.assertIn("/api/1.8/foods", self.endures(break_off_rate=1, only="/api/1.8/foods"))
        self.gets_well()

    def test_gone_is_reported_and_its_return_noticed(self):
        self.stop_upstream()
        port = self.site.rsplit(":", 1)[1]
        self.mode = lambda **fields: None
        self.assertIn(f"http://127.0.0.1:{port}/", self.endures())
        self.start_upstream(port)
        self.converges()

    def test_slow_holds_up_nothing_else(self):
        self.mode(slow_ms=700, drip_ms=2, drip_bytes=4096)
        self.start()
        self.base = self.served()
        answered = 0
        while not self.all_ingested():
            began = time.monotonic()
            self.serves()
            self.assertLess(time.monotonic() - began, 2)
            answered += 1
            self.assertLess(answered, 5000, self.said())
        self.assertGreater(answered, 3)
        self.assertEqual(self.failed_runs(), [])


class emptied(world):
    versions = "1.8,1.12.2"

    def test_lists_empty_no_table(self):
        """A version that would take away nearly everything is an error, and the one before it stays."""
        (self.overrides / "1.12.2").mkdir()
        emptied = self.overrides / "1.12.2" / "items.json"
        emptied.write_text("[]")
        self.start()
        error = wait_for(self.failed_runs, "a failed run; log:\n" + self.said(), 40, self.app)[0]
        self.assertIn("1.12.2: Item: ", error)
        self.assertEqual(len(self.tables()["item"]), len(expected.named("1.8", "items")))
        emptied.unlink()
        wait_for(self.all_ingested, "convergence; log:\n" + self.said(), 40, self.app)
        self.assertEqual(len(self.tables()["item"]), len(expected.named("1.12.2", "items")))


if __name__ == "__main__":
    unittest.main()
