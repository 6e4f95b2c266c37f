#!/usr/bin/env python3
"""almanac-upstream over real HTTP: a proper site when it is well, and as bad as it is told to be when it is not."""
import gzip, http.client, json, os, pathlib, shutil, signal, socket, subprocess, sys, tempfile, threading, time, unittest
from email.utils import formatdate, parsedate_to_datetime

PROGRAM = os.environ["ALMANAC_UPSTREAM"]


class upstream_test(unittest.TestCase):
    """Starts one server a test, on a free port."""

    arguments: list = []

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="upstream-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.server = subprocess.Popen(
            [PROGRAM, "--listen", "127.0.0.1:0", "--data-override", self.folder, *self.arguments],
            stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.stop)
        line = self.server.stdout.readline()
        self.assertRegex(line, r"^almanac-upstream: listening on http://127\.0\.0\.1:\d+$")
        self.port = int(line.rsplit(":", 1)[1])

    def stop(self):
        self.server.kill()
        self.server.wait()
        self.server.stdout.close()

    def ask(self, path, method="GET", headers=None, body=None, connection=None):
        own = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            own.request(method, path, body=body, headers=headers or {})
            answer = own.getresponse()
            answer.text = answer.read()
            return answer
        finally:
            if not connection:
                own.close()

    def get_json(self, path):
        answer = self.ask(path)
        self.assertEqual(answer.status, 200, answer.text)
        return json.loads(answer.text)

    def mode(self, **fields):
        answer = self.ask("/admin/mode", "POST", body=json.dumps(fields))
        self.assertEqual(answer.status, 200, answer.text)

    def statuses(self, path, times):
        return [self.ask(path).status for _ in range(times)]


class content(upstream_test):
    def test_thirteen_versions_are_listed_oldest_first_with_what_each_has(self):
        versions = self.get_json("/api/versions")
        self.assertEqual([v["name"] for v in versions],
                         "1.8 1.12.2 1.13.2 1.14.4 1.15.2 1.16.5 1.17.1 1.18.2 1.19.4 1.20.6 1.21.4 1.21.11 26.1".split())
        protocols = [v["protocol"] for v in versions]
        self.assertEqual(protocols, sorted(protocols))
        self.assertEqual(protocols[0], 47)
        for version in versions:
            self.assertTrue({"items", "blocks", "recipes"} <= set(version["resources"]), version)
        self.assertNotIn("entityLoot", versions[2]["resources"])
        self.assertIn("entityLoot", versions[3]["resources"])

    def test_whatever_a_version_lists_is_served_as_json(self):
        for version in self.get_json("/api/versions"):
            for resource in version["resources"]:
                self.assertTrue(self.get_json(f"/api/{version['name']}/{resource}"), (version, resource))

    def test_a_resource_is_the_data_as_it_stands(self):
        self.assertEqual(len(self.get_json("/api/1.21.11/items")), 1505)
        self.assertEqual(len(self.get_json("/api/1.21.11/blocks")), 1166)
        recipes = self.get_json("/api/1.21.11/recipes")
        self.assertEqual(sum(len(variants) for variants in recipes.values()), 1679)

    def test_unknown_paths_are_404_with_a_json_reason(self):
        for path in ("/api/9.9/items", "/api/1.8/entityLoot", "/api/1.8/nonsense", "/api/1.8/../items", "/api/", "/nowhere"):
            answer = self.ask(path)
            self.assertEqual(answer.status, 404, path)
            self.assertIn("error", json.loads(answer.text))

    def test_robots_may_read_the_api_and_not_the_administration(self):
        text = self.ask("/robots.txt").text.decode()
        self.assertIn("Allow: /api/", text)
        self.assertIn("Disallow: /admin/", text)
        self.assertNotIn("Crawl-delay", text)

    def test_the_items_are_also_a_page_whose_links_lead_to_each_item(self):
        page = self.ask("/items/1.13.2")
        self.assertEqual(page.getheader("Content-Type"), "text/html; charset=utf-8")
        self.assertEqual(page.text.count(b'<a href="item.php?id='), 789)
        self.assertIn(b'item.php?id=1&amp;version=1.13.2">Stone</a>', page.text)
        self.assertIn(b'<dd class="name">stone', self.ask("/items/item.php?id=1&version=1.13.2").text)
        self.assertEqual(self.ask("/items/item.php?id=999999&version=1.13.2").status, 404)
        self.assertEqual(self.ask("/items/9.9").status, 404)

    def test_a_changed_copy_in_the_override_folder_is_served_from_then_on_and_no_longer_once_it_is_gone(self):
        before = self.ask("/api/1.13.2/items")
        changed = self.folder / "1.13.2" / "items.json"
        changed.parent.mkdir()
        changed.write_text('[{"id": 1, "name": "hoe"}]')
        answer = self.ask("/api/1.13.2/items")
        self.assertEqual(json.loads(answer.text), [{"id": 1, "name": "hoe"}])
        self.assertNotEqual(answer.getheader("ETag"), before.getheader("ETag"))
        changed.write_text('[{"id": 1, "name": "shears"}]')
        self.assertEqual(self.get_json("/api/1.13.2/items")[0]["name"], "shears")
        changed.unlink()
        self.assertEqual(self.ask("/api/1.13.2/items").text, before.text)


class pagination(upstream_test):
    def test_following_next_yields_the_whole_list(self):
        path, rows, pages = "/api/1.13.2/items?page=1&per_page=200", [], 0
        while path:
            answer = self.ask(path)
            rows += json.loads(answer.text)
            pages += 1
            following = [part for part in (answer.getheader("Link") or "").split(", ") if 'rel="next"' in part]
            path = following[0].split(">")[0].lstrip("<").split(str(self.port))[1] if following else None
        self.assertEqual(pages, 4)
        self.assertEqual(rows, self.get_json("/api/1.13.2/items"))

    def test_a_page_beyond_the_end_is_empty_and_leads_nowhere_further(self):
        answer = self.ask("/api/1.13.2/items?page=99")
        self.assertEqual(json.loads(answer.text), [])
        self.assertNotIn("next", answer.getheader("Link"))

    def test_what_is_no_list_has_no_pages_and_nonsense_is_refused(self):
        for query in ("recipes?page=1", "items?page=0", "items?page=x", "items?per_page=100000"):
            self.assertEqual(self.ask("/api/1.13.2/" + query).status, 400, query)


class protocol(upstream_test):
    path = "/api/1.13.2/items"

    def test_a_known_etag_is_answered_304_without_a_body(self):
        first = self.ask(self.path)
        for value in (first.getheader("ETag"), "W/" + first.getheader("ETag"), '"x", ' + first.getheader("ETag"), "*"):
            answer = self.ask(self.path, headers={"If-None-Match": value})
            self.assertEqual((answer.status, answer.text), (304, b""), value)
            self.assertEqual(answer.getheader("ETag"), first.getheader("ETag"))

    def test_not_modified_since_is_answered_304(self):
        modified = self.ask(self.path).getheader("Last-Modified")
        self.assertEqual(self.ask(self.path, headers={"If-Modified-Since": modified}).status, 304)
        earlier = formatdate(parsedate_to_datetime(modified).timestamp() - 1, usegmt=True)
        self.assertEqual(self.ask(self.path, headers={"If-Modified-Since": earlier}).status, 200)
        self.assertEqual(self.ask(self.path, headers={"If-Modified-Since": "yesterday"}).status, 200)

    def test_if_none_match_goes_before_if_modified_since(self):
        first = self.ask(self.path)
        late = formatdate(time.time(), usegmt=True)
        self.assertEqual(self.ask(self.path, headers={"If-None-Match": '"x"', "If-Modified-Since": late}).status, 200)
        old = "Thu, 01 Jan 1970 00:00:00 GMT"
        both = {"If-None-Match": first.getheader("ETag"), "If-Modified-Since": old}
        self.assertEqual(self.ask(self.path, headers=both).status, 304)

    def test_gzip_is_sent_only_to_those_who_take_it_with_an_etag_of_its_own(self):
        plain = self.ask(self.path)
        packed = self.ask(self.path, headers={"Accept-Encoding": "br, gzip;q=0.8"})
        self.assertIsNone(plain.getheader("Content-Encoding"))
        self.assertEqual(packed.getheader("Content-Encoding"), "gzip")
        self.assertEqual(gzip.decompress(packed.text), plain.text)
        self.assertNotEqual(packed.getheader("ETag"), plain.getheader("ETag"))
        self.assertEqual((plain.getheader("Vary"), packed.getheader("Vary")), ("Accept-Encoding", "Accept-Encoding"))
        for refusal in ("gzip;q=0", "identity", "*;q=0", "gzip; q=0.0, *"):
            answer = self.ask(self.path, headers={"Accept-Encoding": refusal})
            self.assertIsNone(answer.getheader("Content-Encoding"), refusal)

    def test_head_has_the_headers_of_get_and_no_body(self):
        get, head = self.ask(self.path), self.ask(self.path, "HEAD")
        self.assertEqual((head.status, head.text), (200, b""))
        for name in ("ETag", "Last-Modified", "Content-Length", "Content-Type", "Vary"):
            self.assertEqual(head.getheader(name), get.getheader(name), name)

    def test_other_methods_are_405_and_told_which_are_allowed(self):
        for method in ("POST", "PUT", "DELETE", "OPTIONS"):
            answer = self.ask(self.path, method, body="")
            self.assertEqual((answer.status, answer.getheader("Allow")), (405, "GET, HEAD"))

    def test_one_connection_carries_many_requests(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        self.addCleanup(connection.close)
        connection.connect()
        own_port = connection.sock.getsockname()[1]
        for path in ("/api/versions", "/nowhere", self.path, "/"):
            self.ask(path, connection=connection)
            self.assertEqual(connection.sock.getsockname()[1], own_port)

    def test_what_is_no_http_is_answered_400_and_the_connection_ends(self):
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as wire:
            wire.sendall(b"nonsense\r\n\r\n")
            text = b"".join(iter(lambda: wire.recv(4096), b""))
        self.assertTrue(text.startswith(b"HTTP/1.1 400 "), text)

    def test_requests_are_served_at_the_same_time(self):
        self.mode(slow_ms=600)
        begin = time.monotonic()
        threads = [threading.Thread(target=self.ask, args=(self.path,)) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.monotonic() - begin
        self.assertGreaterEqual(took, 0.6)
        self.assertLess(took, 3.0)  # one after another: 6 s


class misbehaviour(upstream_test):
    path = "/api/1.13.2/items"

    def test_failing_answers_the_chosen_status(self):
        self.mode(fail_rate=1)
        self.assertEqual(self.ask(self.path).status, 503)
        self.mode(fail_rate=1, fail_status=500)
        self.assertEqual(self.ask(self.path).status, 500)

    def test_a_limit_names_when_to_come_again_in_seconds_or_as_a_date(self):
        self.mode(limit_rate=1, retry_after=7)
        answer = self.ask(self.path)
        self.assertEqual((answer.status, answer.getheader("Retry-After")), (429, "7"))
        self.mode(limit_rate=1, retry_after=3600, retry_after_date=True)
        when = parsedate_to_datetime(self.ask(self.path).getheader("Retry-After")).timestamp()
        self.assertAlmostEqual(when, time.time() + 3600, delta=30)

    def test_a_limit_by_time_serves_one_request_and_limits_the_next(self):
        self.mode(limit_every_s=3600)
        self.assertEqual(self.statuses(self.path, 3), [200, 429, 429])

    def test_broken_json_has_the_right_length_and_no_end_and_no_validator(self):
        self.mode(broken_json_rate=1)
        answer = self.ask(self.path, headers={"Accept-Encoding": "gzip", "If-None-Match": "*"})
        self.assertEqual((answer.status, int(answer.getheader("Content-Length"))), (200, len(answer.text)))
        self.assertIsNone(answer.getheader("ETag"))
        with self.assertRaises(json.JSONDecodeError):
            json.loads(answer.text)

    def test_breaking_off_ends_the_connection_before_the_promised_length(self):
        self.mode(break_off_rate=1)
        with self.assertRaises(http.client.IncompleteRead):
            self.ask(self.path)

    def test_refusing_resets_the_connection_without_an_answer(self):
        self.mode(refuse_rate=1)
        with self.assertRaises(ConnectionError):
            self.ask(self.path)
        self.mode()
        self.assertEqual(self.ask(self.path).status, 200)

    def test_a_drip_fed_body_arrives_whole_and_late(self):
        whole = self.ask("/api/versions").text
        self.mode(drip_ms=20, drip_bytes=100)
        begin = time.monotonic()
        self.assertEqual(self.ask("/api/versions").text, whole)
        self.assertGreater(time.monotonic() - begin, 0.02 * (len(whole) // 100))

    def test_only_the_chosen_paths_suffer_and_the_administration_never(self):
        self.mode(fail_rate=1, only="/api/1.13.2/")
        self.assertEqual(self.ask("/api/versions").status, 200)
        self.assertEqual(self.ask(self.path).status, 503)
        self.mode(fail_rate=1)
        self.assertEqual(self.ask("/api/versions").status, 503)
        self.assertEqual(self.ask("/admin/stats").status, 200)

    def test_after_the_given_count_the_site_is_well_again(self):
        self.mode(fail_rate=1, count=2, only="/api/1.13.2/")
        self.assertEqual(self.ask("/api/versions").status, 200)
        self.assertEqual(self.statuses(self.path, 4), [503, 503, 200, 200])

    def test_the_same_seed_brings_the_same_luck(self):
        runs = []
        for seed in (5, 5, 6):
            self.mode(fail_rate=0.5, seed=seed)
            runs.append(self.statuses("/api/versions", 40))
        self.assertEqual(runs[0], runs[1])
        self.assertNotEqual(runs[0], runs[2])
        self.assertTrue(8 < runs[0].count(503) < 32, runs[0])

    def test_a_mode_that_makes_no_sense_is_refused_and_changes_nothing(self):
        for body in ("", "[]", "{", '{"fial_rate": 1}', '{"fail_rate": 2}', '{"slow_ms": "x"}', '{"only": "\\""}'):
            answer = self.ask("/admin/mode", "POST", body=body)
            self.assertEqual(answer.status, 400, body)
            self.assertIn("mode", json.loads(answer.text)["error"])
        self.assertEqual(self.get_json("/admin/mode")["fail_rate"], 0)
        self.assertEqual(self.ask(self.path).status, 200)

    def test_statistics_count_by_path_and_outcome(self):
        etag = self.ask(self.path).getheader("ETag")
        self.ask(self.path, headers={"If-None-Match": etag})
        self.mode(fail_rate=1, count=1)
        self.ask(self.path)
        stats = self.get_json("/admin/stats")
        self.assertEqual(stats["paths"], {self.path: {"200": 1, "304": 1, "503": 1}})
        self.assertEqual((stats["requests"], stats["conditional"], stats["not_modified"]), (3, 1, 1))
        self.ask("/admin/stats", "DELETE")
        self.assertEqual(self.get_json("/admin/stats")["requests"], 0)


class flags(upstream_test):
    arguments = ["--versions", "1.8,1.13.2", "--mode", '{"fail_rate": 1, "count": 1}']

    def test_flags_choose_versions_and_the_first_mood(self):
        self.assertEqual(self.ask("/api/versions").status, 503)
        self.assertEqual([v["name"] for v in self.get_json("/api/versions")], ["1.8", "1.13.2"])
        self.assertEqual(self.ask("/api/1.21.11/items").status, 404)

    def test_signals_end_it_cleanly_even_with_a_request_under_way(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number), subprocess.Popen([PROGRAM, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE) as own:
                own.stdout.readline()
                own.send_signal(number)
                self.assertEqual(own.wait(10), 0)
        self.mode(slow_ms=60_000)
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as wire:
            wire.sendall(b"GET /api/versions HTTP/1.1\r\nHost: x\r\n\r\n")
            while not self.get_json("/admin/stats")["requests"]:
                pass
            self.server.terminate()
            self.assertEqual(self.server.wait(10), 0)

    def refused(self, *arguments):
        ended = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=20)
        self.assertNotEqual(ended.returncode, 0)
        return ended.stderr

    def test_what_cannot_be_served_is_one_line_and_an_exit_code(self):
        taken = self.refused("--listen", f"127.0.0.1:{self.port}")
        self.assertIn(f"can't listen on 127.0.0.1:{self.port}: Address already in use", taken)
        self.assertEqual(taken.count("\n"), 1)
        self.assertIn("not a loopback address", self.refused("--listen", "0.0.0.0:0"))
        self.assertIn("must be ADDRESS:PORT", self.refused("--listen", "8001"))
        self.assertIn("make setup", self.refused("--listen", "127.0.0.1:0", "--data", str(self.folder)))
        self.assertIn("no version 9.9", self.refused("--listen", "127.0.0.1:0", "--versions", "9.9"))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "--quiet", *sys.argv[1:]])
