#!/usr/bin/env python3
"""The program hello as somebody at a terminal meets it: commands, their errors and exit codes, settings, signals."""
import contextlib, http.client, json, os, pathlib, re, shutil, signal, socket, sqlite3, subprocess, tempfile, threading, unittest

HELLO, RENAMING = os.environ["HELLO"], os.environ["RENAMING"]
HOST = socket.gethostname()
PATIENCE = 50  # seconds; a sanitizer build on a busy machine needs some
NOW, LATER = "2026-03-01T00:00:00.000000Z", "2026-03-01T00:00:02.000000Z"


@contextlib.contextmanager
def opened(folder):
    """hello's, changed as another process would; stored at the end."""
    with contextlib.closing(sqlite3.connect(folder / "hello.db")) as base:
        yield base
        base.commit()


class hello_test(unittest.TestCase):
    """Each test works in an empty folder of its own."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hello-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("CROFT_")}

    def hello(self, *arguments, code=0, stdin="", **variables):
        """Runs a command to its end; gives stdout and stderr."""
        done = subprocess.run([HELLO, *arguments], cwd=self.folder, env={**self.environment, **variables}, input=stdin,
                              capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, code, f"{arguments}: {done.stdout}{done.stderr}")
        return done.stdout, done.stderr

    @contextlib.contextmanager
    def following(self, *arguments):
        """A command that goes on until it is stopped; gives what waits for its next line."""
        running = subprocess.Popen([HELLO, *arguments], cwd=self.folder, env=self.environment, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        watchdog = threading.Timer(PATIENCE, running.kill)
        watchdog.start()
        try:
            self.assertIn("Ctrl-C", running.stderr.readline())
            yield running.stdout.readline
            running.send_signal(signal.SIGTERM)
            self.assertEqual(running.wait(PATIENCE), 0)
        finally:
            watchdog.cancel()
            running.kill()
            running.communicate()

    def refused(self, *arguments, code=2, **variables):
        """The one line on stderr with which a command fails."""
        _, line = self.hello(*arguments, code=code, **variables)
        self.assertEqual(line.count("\n"), 1, line)
        self.assertTrue(line.startswith("hello: "), line)
        return line

    def file(self, text):
        (self.folder / "croft.toml").write_text(text)


class arguments(hello_test):
    def test_help_lists_every_command(self):
        out, _ = self.hello("--help")
        for name in ("run", "migrate", "makemigrations", "inspect", "move", "tasks", "jobs", "graphql", "history",
                     "rejected", "cursors", "rollup", "check"):
            self.assertRegex(out, rf"(?m)^  {name} ")
        for name in ("--database", "--listen", "--tasks", "--log", "--config", "--allow-remote", "--version"):
            self.assertIn(name, out)
        self.assertEqual(self.hello()[0], out, "without a command, the help is shown")

    def test_every_command_has_help_of_its_own(self):
        self.assertIn("--plan", self.hello("migrate", "--help")[0])
        self.assertIn("--json", self.hello("history", "--help")[0])
        self.assertIn("--force", self.hello("history", "revert", "--help")[0])
        self.assertIn("--variables", self.hello("graphql", "query", "--help")[0])

    def test_version_names_the_program_and_croft(self):
        self.assertRegex(self.hello("--version")[0], r"^hello, built with Croft \d+\.\d+\.\d+\n$")

    def test_a_command_that_is_not_there_is_answered_with_the_nearest(self):
        self.assertIn('there is no command "migrat"; did you mean "migrate"?', self.refused("migrat"))

    def test_wrong_arguments_are_one_line_and_code_2(self):
        self.assertIn("--nonsense", self.refused("check", "--nonsense"))
        self.assertIn("key is required", self.refused("history", "Machine"))


class settings(hello_test):
    def test_check_tells_what_is_set_and_from_where(self):
        self.file('log = "warn"\n\n[site.api]\nurl = "https://me:hunter2@api.example"\n')
        out, _ = self.hello("check", "--listen", "127.0.0.1:9", CROFT_TASKS="look_*")
        self.assertIn("listen = 127.0.0.1:9 (--listen)", out)
        self.assertIn("log = warn (croft.toml:1)", out)
        self.assertIn("tasks = look_* (CROFT_TASKS)", out)
        self.assertIn("database = sqlite:hello.db (default)", out)
        self.assertIn("site.api.url = https://me:***@api.example (croft.toml:4)", out)

    def test_settings_stand_before_or_after_the_command(self):
        for line in (["--log", "warn", "check"], ["check", "--log", "warn"]):
            self.assertIn("log = warn (--log)", self.hello(*line)[0])

    def test_a_setting_that_is_not_known_is_refused_with_its_place(self):
        self.assertIn('CROFT_LISEN is none of Croft\'s; did you mean "CROFT_LISTEN"?', self.refused("check", CROFT_LISEN="x"))
        self.file('\nlisen = "127.0.0.1:1"\n')
        self.assertIn('croft.toml:2: there is no setting "lisen"; did you mean "listen"?', self.refused("check"))

    def test_a_value_that_cannot_be_is_refused_with_its_place(self):
        self.assertIn('--log is "loud"; it is one of debug, info', self.refused("check", "--log", "loud"))
        self.assertIn("CROFT_LISTEN ", self.refused("check", CROFT_LISTEN="here"))
        self.assertIn("no such file", self.refused("check", "--config", "nowhere.toml"))

    def test_nothing_listens_beyond_this_machine_without_the_operators_word(self):
        self.assertIn("--allow-remote", self.refused("run", "--listen", "0.0.0.0:0"))
        _, wrong = self.hello("check", "--listen", "0.0.0.0:0", code=1)
        self.assertIn("--allow-remote", wrong)
        self.hello("check", "--listen", "0.0.0.0:0", "--allow-remote")


class database(hello_test):
    def test_a_plan_is_printed_and_nothing_is_made(self):
        self.assertRegex(self.hello("migrate", "--plan")[0], r"^the models' tables: \d+ steps\n$")
        out, _ = self.hello("migrate", "--sql")
        self.assertIn('CREATE TABLE "machine"', out)
        self.assertIn('"machine_history"', out)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_the_first_migration_is_written_from_the_models(self):
        out, _ = self.hello("makemigrations", "--folder", "migrations")
        self.assertIn("migrations/0001_initial.cpp", out)
        text = (self.folder / "migrations" / "0001_initial.cpp").read_text()
        self.assertIn('CROFT_MIGRATION("0001_initial",\n    create_table("machine", {\n        id(),\n', text)
        self.assertIn('    keep_history("machine", {"seen"}));\n', text)
        self.assertIn("is there already, and not in this program",
                      self.refused("makemigrations", "--folder", "migrations", code=1))

    def renaming(self, *arguments):
        done = subprocess.run([RENAMING, *arguments], cwd=self.folder, env=self.environment, timeout=PATIENCE,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    def test_a_program_with_a_rollup_goes_to_any_migration_and_says_each_stage(self):
        code, out, err = self.renaming("migrate", "zero")
        self.assertEqual((code, "the models differ" in err), (0, True), err)
        self.assertRegex(out, r"^Croft's own tables: \d+ steps made\n$")
        code, out, _ = self.renaming("migrate")
        self.assertEqual((code, out), (0, "applied 0001_initial\n"))
        code, out, _ = self.renaming("migrate", "zero", "--allow-destructive")
        self.assertEqual((code, out), (0, "undone 0001_initial\n  the history of item is dropped\n  the table item is dropped\n"))

    def test_an_empty_goal_is_no_wish_to_undo_everything(self):
        self.assertIn('migrate "": name the last migration', self.refused("migrate", "", "--allow-destructive"))
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_declared_renaming_is_written_without_a_question(self):
        renaming = self.renaming
        written = 'rename_table("item", "product"),\n    rename_column("product", "sell_price", "price"),\n'
        for said in ((), ("--rename", "item=product"), ("--rename", "product.sell_price=price")):
            code, out, err = renaming("makemigrations", "--print", *said)
            self.assertEqual((code, err), (0, ""))
            self.assertIn(written, out)
        code, out, err = renaming("migrate", "--check")
        self.assertEqual(code, 1)
        self.assertIn('the models differ from the migrations: rename_table("item", "product")', err)
        code, out, err = renaming("makemigrations", "--print", "--rename", "item=thing")
        self.assertEqual((code, out, err), (1, "", 'renaming: there is no table "item" at this point\n'))

    def test_check_fails_until_it_was_migrated(self):
        self.assertRegex(self.hello("migrate", "--check", code=1)[0], r"^the models' tables: \d+ steps\n$")
        self.assertRegex(self.hello("migrate")[0], r"^the models' tables: \d+ steps made\n$")
        self.assertEqual(self.hello("migrate", "--check")[0], "nothing to do\n")
        self.assertEqual(self.hello("migrate")[0], "nothing to do\n")

    def test_all_is_moved_to_another_database_and_compared(self):
        self.hello("tasks", "run", "look_at_load")
        out, told = self.hello("move", "sqlite:hello.db", "sqlite:other.db")
        self.assertRegex(out, r"(?m)^machine_history +1 rows  [0-9a-f]{16}$")
        self.assertRegex(out, r"\d+ tables, \d+ rows, the same on both sides\n$")
        self.assertIn("machine: 1 rows copied\n", told)
        self.assertEqual(self.hello("migrate", "--check", CROFT_DATABASE="sqlite:other.db")[0], "nothing to do\n")
        self.assertEqual(self.hello("history", "Machine", HOST, CROFT_DATABASE="sqlite:other.db"),
                         self.hello("history", "Machine", HOST))
        self.assertIn("there is no such database", self.refused("move", "sqlite:none.db", "sqlite:third.db", code=1))
        self.assertFalse((self.folder / "third.db").exists())

    def test_commands_that_only_look_make_no_database(self):
        self.hello("tasks")
        self.hello("check")
        self.assertIn("there is no database yet", self.refused("history", "Machine", "x"))
        self.assertIn("there is no database yet", self.refused("graphql", "query", "{ machines { name } }"))
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_file_that_is_no_database_is_one_line(self):
        (self.folder / "hello.db").write_text("this is no database, but long enough to be taken for one " * 100)
        self.assertIn("hello.db", self.refused("migrate", code=1))


    def test_what_is_no_url_of_a_database_is_refused_and_no_password_is_shown(self):
        for url in ("postgresql//u:secret@h/x", "postgresql:/u:secret@h/x", "host=h password=secret", "sqlite:",
                    "SQLITE:x.db", "sqlite:x.db?mode=ro", "postgresql://u:1/secret@h/x", "postgresql://u:a@secret@h/x"):
            for line in (["migrate"], ["migrate", "--plan"], ["check"]):
                self.assertIn("--database ", said := self.refused(*line, "--database", url))
                self.assertNotIn("secret", said)
            self.assertNotIn("secret", self.refused("inspect", url))
            self.assertNotIn("secret", self.refused("move", url, "sqlite:other.db"))
            self.assertIn("hello: to ", said := self.refused("move", "sqlite:other.db", url))
            self.assertNotIn("secret", said)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_commands_that_promise_to_change_nothing_leave_the_file_as_it_is(self):
        file = self.folder / "hello.db"
        with opened(self.folder) as base:
            base.execute("CREATE TABLE mine (id INTEGER PRIMARY KEY, n INTEGER)")
        before = file.read_bytes()
        for line in (["inspect", "sqlite:hello.db"], ["migrate", "--plan"], ["migrate", "--sql"], ["check"]):
            self.hello(*line)
            self.assertEqual(file.read_bytes(), before, line)
        self.assertEqual(list(self.folder.iterdir()), [file])

    def test_a_move_to_the_same_file_by_another_name_is_refused(self):
        self.hello("migrate")
        (self.folder / "link.db").symlink_to("hello.db")
        for other in ("link.db", self.folder / "hello.db", "./hello.db"):
            self.assertIn("are the same database", self.refused("move", "sqlite:hello.db", f"sqlite:{other}", code=1))


class output(hello_test):
    """What can't be written anywhere."""

    def ended(self, shell):
        return subprocess.run(["/bin/sh", "-c", f'"$0" {shell}', HELLO], cwd=self.folder, env=self.environment,
                              timeout=PATIENCE, capture_output=True).returncode

    def test_a_full_disk_is_a_failure(self):
        for command in ("migrate", "migrate --plan", "tasks"):
            self.assertEqual(self.ended(f"{command} > /dev/full"), 1, command)
        self.assertEqual(self.ended("nonsense 2> /dev/full"), 1)

    def test_closed_streams_are_a_failure_and_nothing_is_written_into_another_file(self):
        self.hello("tasks", "run", "look_at_load")
        for command in ("migrate", "history at Machine 0s", "history at Machine nonsense"):
            self.assertIn(self.ended(f"{command} <&- >&- 2>&-"), (1, 2), command)
        self.hello("history", "check")


class tasks(hello_test):
    def test_they_are_listed_with_their_spec_and_their_last_run(self):
        row = self.hello("tasks")[0].splitlines()[1]
        self.assertRegex(row, r"^look_at_load +\* \* \* \* \* +scheduled +20\d\d-\d\d-\d\d \d\d:\d\d:00Z +never ran$")
        self.hello("tasks", "run", "look_at_load")
        self.assertRegex(self.hello("tasks")[0].splitlines()[1], r" ok$")

    def test_one_that_is_switched_off_says_so(self):
        self.assertRegex(self.hello("tasks", "--tasks", "none")[0], r"look_at_load .* switched off +- +never ran")

    def test_running_one_does_its_work_and_gives_its_outcome(self):
        out, log = self.hello("tasks", "run", "look_at_load")
        self.assertRegex(out, r"^look_at_load: ok, run 1, \d+\.\d s\n$")
        self.assertIn(f"{HOST} has a load of", log)
        answer = json.loads(self.hello("graphql", "query", "{ machines { name } }")[0])
        self.assertEqual(answer, {"data": {"machines": [{"name": HOST}]}})

    def test_a_name_that_is_not_there_is_answered_with_the_nearest(self):
        self.assertIn("look_at_load", self.refused("tasks", "run", "look_at_lod"))


    def test_one_is_shown_with_its_runs_their_numbers_and_the_newest_log(self):
        self.hello("tasks", "run", "look_at_load")
        self.hello("tasks", "run", "look_at_load")
        out, _ = self.hello("tasks", "show", "look_at_load")
        self.assertRegex(out, r"RUN +SCHEDULED .* OUTCOME +SECONDS +ROWS +REQUESTS +BYTES")
        self.assertIn("\nrun 2, program ", out)
        self.assertIn(f"{HOST} has a load of", out)
        newest, first = json.loads(self.hello("tasks", "show", "look_at_load", "--json")[0])
        self.assertEqual((newest["run"], first["run"], first["outcome"]), (2, 1, "ok"))
        only, = json.loads(self.hello("tasks", "show", "look_at_load", "--run", "1", "--json")[0])
        self.assertEqual(only, first)
        self.assertIn("has no run 7", self.refused("tasks", "show", "look_at_load", "--run", "7", code=1))

    def test_they_are_filtered_by_state(self):
        self.hello("tasks", "run", "look_at_load")
        self.hello("tasks", "pause", "look_at_load")
        paused = self.hello("tasks", "--state", "paused", "--json")[0]
        self.assertEqual(json.loads(paused)["name"], "look_at_load")
        self.hello("tasks", "resume", "look_at_load")
        self.assertEqual(self.hello("tasks", "--state", "paused", "--json")[0], "")

    def test_a_run_is_cancelled_where_there_is_one(self):
        self.hello("migrate")
        self.assertIn("isn't running", self.refused("tasks", "cancel", "look_at_load", code=1))
        self.assertIn("look_at_load", self.refused("tasks", "cancel", "look_at_lod"))
        with opened(self.folder) as base:
            base.execute("INSERT INTO croft_run (task, scheduled_at, process) VALUES ('look_at_load', ?, 'p')", [NOW])
        self.assertEqual(self.hello("tasks", "cancel", "look_at_load")[0], "look_at_load: cancelled\n")
        run, = json.loads(self.hello("tasks", "show", "look_at_load", "--json")[0])
        self.assertEqual((run["outcome"], run["error"]), ("cancelled", "cancelled by the operator"))

    def test_tail_prints_when_runs_begin_what_they_log_and_how_they_end(self):
        self.hello("migrate")
        with self.following("tasks", "tail", "look_at_load") as line, opened(self.folder) as base:
            base.execute("INSERT INTO croft_run (task, scheduled_at, started_at) VALUES ('look_at_load', ?, ?)", [NOW, NOW])
            base.commit()
            self.assertRegex(line(), r"^2026-03-01 00:00:00Z  look_at_load run 1, attempt 1: begins\n$")
            for log in ("00:00:01.000 info  one\n", "00:00:01.000 info  one\n00:00:02.000 warn  two\n"):
                base.execute("UPDATE croft_run SET log = ?", [log])
                base.commit()
                self.assertEqual(line(), "    look_at_load run 1: " + log.splitlines(True)[-1])
            base.execute("UPDATE croft_run SET outcome = 'failed', error = 'no', finished_at = ?, rows = 3", [LATER])
            base.commit()
            self.assertEqual(line(), "2026-03-01 00:00:02Z  look_at_load run 1, attempt 1: failed: no, 2.0 s, 3 rows, "
                                     "0 requests, 0 bytes\n")


class jobs(hello_test):
    def setUp(self):
        super().setUp()
        self.hello("migrate")
        with opened(self.folder) as base:
            for name in ("a", "b"):
                base.execute("INSERT INTO croft_job (name, arguments, run_at, enqueued_at) VALUES (?, ?, ?, ?)",
                             [name, '{"to": "ann"}', NOW, NOW])

    def test_they_are_listed_and_filtered_as_a_table_and_as_json(self):
        self.assertRegex(self.hello("jobs")[0].splitlines()[1], r"^2 +b +default +waiting +0/20 +2026-03-01 00:00:00Z")
        only = json.loads(self.hello("jobs", "--name", "a", "--state", "waiting", "--json")[0])
        self.assertEqual((only["id"], only["arguments"]), (1, {"to": "ann"}))

    def test_one_is_shown_with_its_attempts(self):
        with opened(self.folder) as base:
            base.execute("INSERT INTO croft_job_attempt (job, outcome, error, log) VALUES (1, 'failed', 'no', 'line\n')")
        self.assertIn("attempt 1: failed, - to -: no\nline\n", self.hello("jobs", "show", "1")[0])
        shown = json.loads(self.hello("jobs", "show", "1", "--json")[0])
        self.assertEqual((shown["state"], shown["attemptsMade"][0]["error"]), ("waiting", "no"))
        self.assertIn("there is no job 7", self.refused("jobs", "show", "7", code=1))
        self.assertIn("is no number of a job", self.refused("jobs", "show", "x"))

    def test_one_is_cancelled_retried_and_dropped(self):
        self.assertEqual(self.hello("jobs", "cancel", "1")[0], "job 1: cancelled\n")
        self.assertIn("is finished", self.refused("jobs", "cancel", "1", code=1))
        self.assertEqual(self.hello("jobs", "retry", "1")[0], "job 1: requeued\n")
        self.assertEqual(self.hello("jobs", "drop", "1")[0], "job 1: dropped\n")
        self.assertNotRegex(self.hello("jobs")[0], r"(?m)^1 ")

    def test_tail_prints_what_becomes_of_them_and_what_they_log(self):
        with self.following("jobs", "tail", "--name", "a") as line, opened(self.folder) as base:
            for state, outcome, log in (("running", "running", "one\n"), ("done", "ok", "one\ntwo\n")):
                base.execute("UPDATE croft_job SET state = ?, attempt = 1, finished_at = ?", [state, LATER])
                base.execute("INSERT INTO croft_job_attempt (id, job, outcome, log) VALUES (1, 1, ?, ?), (2, 2, ?, ?)"
                             "ON CONFLICT (id) DO UPDATE SET outcome = excluded.outcome, log = excluded.log",
                             [outcome, log] * 2)
                base.commit()
                told, logged = rf"^20.*Z  1 a  {state}, attempt 1/20", rf"^    1 a: {log.split()[-1]}\n$"
                for expected in (told, logged) if state == "running" else (logged, told):
                    self.assertRegex(line(), expected)


class graphql(hello_test):
    def setUp(self):
        super().setUp()
        self.hello("tasks", "run", "look_at_load")

    def test_the_schema_is_printed(self):
        self.assertIn("type Machine {", self.hello("graphql")[0])

    def test_a_query_may_come_from_stdin_and_have_variables(self):
        text = "query q($n: Int) { machines(pagination: {limit: $n}) { name } }"
        for arguments, stdin in ((["-"], text), ([], text), ([text], "")):
            out, _ = self.hello("graphql", "query", *arguments, "--variables", '{"n": 1}', stdin=stdin)
            self.assertEqual(json.loads(out)["data"]["machines"], [{"name": HOST}])

    def test_a_query_that_fails_prints_its_errors_and_gives_1(self):
        out, _ = self.hello("graphql", "query", "{ nonsense }", code=1)
        self.assertTrue(json.loads(out)["errors"])

    def test_variables_that_are_no_json_are_one_line(self):
        self.assertIn("--variables", self.refused("graphql", "query", "{ machines { name } }", "--variables", "{n", code=2))


class history(hello_test):
    def setUp(self):
        super().setUp()
        self.hello("tasks", "run", "look_at_load")

    def test_a_row_is_found_by_its_natural_key_and_by_its_id(self):
        by_name = self.hello("history", "Machine", HOST)[0]
        head, first, second, *_ = by_name.splitlines()
        self.assertRegex(head, r"^WHEN \(UTC\) +VERSION  KIND    BY +CHANGES$")
        self.assertRegex(first, rf'^20\S+Z  1        insert  look_at_load, run 1  name: "{HOST}"$')
        self.assertRegex(second, " " * first.index("name: ") + r"[a-z]+: ")
        self.assertEqual(self.hello("history", "Machine", "1")[0], by_name)

    def test_json_tells_the_same(self):
        first, = json.loads(self.hello("history", "Machine", HOST, "--json")[0])
        self.assertEqual((first["kind"], first["task"], first["run"]), ("insert", "look_at_load", 1))
        self.assertEqual(first["changes"]["name"], {"from": None, "to": HOST})

    def sql(self, statements):
        with sqlite3.connect(self.folder / "hello.db") as base:
            base.executescript(statements)

    def test_the_same_is_had_by_log_and_who_says_who_set_a_field(self):
        self.assertEqual(self.hello("history", "log", "Machine", HOST)[0], self.hello("history", "Machine", HOST)[0])
        self.sql("UPDATE machine SET load = 77")
        self.assertRegex(self.hello("history", "who", "Machine", HOST, "load")[0], r"update  from outside +load: .* -> 77\n")
        self.assertIn("look_at_load, run 1", self.hello("history", "who", "Machine", HOST, "name")[0])
        self.assertIn("no field", self.refused("history", "who", "Machine", HOST, "lod"))

    def test_rows_are_shown_as_they_were(self):
        self.assertIn(HOST, self.hello("history", "at", "Machine", "0s")[0])
        self.assertEqual(json.loads(self.hello("history", "at", "Machine", "2001-01-01", "--json")[0]), [])
        self.assertEqual(json.loads(self.hello("history", "at", "Machine", "0s", HOST, "--json")[0])[0]["name"], HOST)
        self.assertIn("is not a time", self.refused("history", "at", "Machine", "yesterday"))

    def test_changes_are_told_by_run_and_by_time_and_undone(self):
        self.sql("UPDATE machine SET load = 77")
        by_run = json.loads(self.hello("history", "changes", "--run", "1", "--json")[0])
        self.assertEqual([(one["model"], one["kind"]) for one in by_run], [("Machine", "insert")])
        net, = json.loads(self.hello("history", "changes", "Machine", "--since", "1h", "--net", "--json")[0])
        self.assertEqual((net["kind"], net["changes"]["load"]["to"]), ("insert", 77))
        self.assertIn("--since", self.refused("history", "changes"))
        self.assertIn("was changed again", self.refused("history", "revert", "--run", "1", code=1))
        self.assertEqual(self.hello("history", "revert", "Machine", HOST, "1")[0], "0 inserted, 1 updated, 0 removed, 0 unchanged\n")
        self.assertIn("revert to version 1", self.hello("history", "Machine", HOST)[0])
        self.assertIn("insert", self.hello("history", "revert", "--run", "1", "--plan")[0])
        self.assertEqual(self.hello("history", "revert", "--run", "1", "--force")[0], "0 inserted, 0 updated, 1 removed, 0 unchanged\n")
        self.assertIn("is required", self.refused("history", "revert", "Machine", HOST))

    def test_old_versions_are_pruned_by_the_rules_given(self):
        self.assertIn("no model has rules", self.hello("history", "prune")[0])
        self.sql("UPDATE machine SET load = 77; UPDATE machine SET load = 78")
        self.assertEqual(self.hello("history", "prune", "Machine", "--keep-at-most", "1", "--plan")[0],
                         "Machine: 2 of 3 versions would be removed\n")
        self.assertEqual(self.hello("history", "prune", "Machine", "--keep-at-most", "1")[0], "Machine: 2 of 3 versions removed\n")
        self.assertIn("name it", self.refused("history", "prune", "--keep-for", "1d"))
        self.assertIn("--keep-at-most 1", self.refused("history", "prune", "Machine", "--keep-for", "0d"))

    def test_check_finds_what_went_unrecorded_and_repairs_it(self):
        self.assertEqual(self.hello("history", "check")[0], "Machine: fine\n")
        self.sql("DROP TRIGGER machine_history_update; UPDATE machine SET load = 77")
        _, problems = self.hello("history", "check", code=1)
        self.assertIn("machine_history_update", problems)
        self.assertIn("1 rows differ", problems)
        self.hello("migrate")
        self.assertEqual(self.hello("history", "check", "--repair")[0], "Machine: fine, 1 versions added\n")

    def test_each_command_speaks_json(self):
        self.sql("UPDATE machine SET load = 77")
        who, = json.loads(self.hello("history", "who", "Machine", HOST, "load", "--json")[0])
        self.assertEqual((who["kind"], who["task"], who["changes"]["load"]["to"]), ("update", None, 77))
        self.assertEqual([one["version"] for one in json.loads(self.hello("history", "log", "Machine", "1", "--json")[0])], [1, 2])
        plan = json.loads(self.hello("history", "revert", "--since", "1h", "--plan", "--json")[0])
        self.assertEqual([one["kind"] for one in plan], ["insert", "update"])
        self.assertEqual(json.loads(self.hello("history", "revert", "Machine", HOST, "1", "--json")[0]),
                         {"inserted": 0, "updated": 1, "removed": 0, "unchanged": 0})
        self.assertEqual(json.loads(self.hello("history", "prune", "Machine", "--keep-at-most", "2", "--json")[0]),
                         [{"model": "Machine", "versions": 3, "removed": 1}])
        check, = json.loads(self.hello("history", "check", "--json")[0])
        self.assertEqual((check["model"], check["fine"], check["findings"]), ("Machine", True, []))

    def test_what_is_not_there_is_one_line(self):
        self.assertIn("Machine", self.refused("history", "Machin", HOST))
        self.assertIn("no row", self.refused("history", "Machine", "nobody", code=1))


class loading(hello_test):
    def test_cursors_are_set_shown_listed_and_reset(self):
        self.hello("migrate")
        self.assertEqual(self.hello("cursors", "set", "items", "2026-03-01T00:00:00Z")[0],
                         "items: the mark is 2026-03-01T00:00:00.000000Z\n")
        self.hello("cursors", "set", "numbers", "41")
        self.assertRegex(self.hello("cursors")[0], r"(?m)^items .*2026-03-01T00:00:00\.000000Z +-$\n^numbers .* 41 +-$")
        self.assertRegex(self.hello("cursors", "show", "numbers")[0], r"(?m)^mark +41 \(integer\)$")
        self.assertEqual(self.hello("cursors", "reset", "numbers")[0], "numbers: forgotten\n")
        self.assertIn('there is no cursor "numbers"', self.refused("cursors", "show", "numbers", code=1))

    def test_a_backfill_runs_the_task_once_and_leaves_the_cursor_alone(self):
        self.hello("migrate")
        self.hello("cursors", "set", "items", "41")
        self.assertRegex(self.hello("cursors", "backfill", "items", "1", "9", "look_at_load")[0], "^look_at_load: ok, run 1")
        self.assertRegex(self.hello("cursors", "show", "items")[0], r"(?m)^mark +41 \(integer\)$")
        self.assertIn("look_at_load", self.refused("cursors", "backfill", "items", "1", "9", "look_at_lod"))

    def test_where_nothing_was_set_aside_or_summed_up_that_is_said(self):
        self.hello("migrate")
        self.assertEqual(self.hello("rejected")[0], "no row was set aside\n")
        self.assertEqual(self.hello("rejected", "--json")[0], "[]\n")
        self.assertEqual(self.hello("rejected", "clear")[0], "0 rows are forgotten\n")
        self.assertEqual(self.hello("rollup")[0], "none are declared\n")
        self.assertIn("Machine is no rollup", self.refused("rollup", "check", "Machine"))
        self.assertIn("no model", self.refused("rejected", "--model", "Machin"))


class running(hello_test):
    def start(self, *arguments):
        """`hello run` on a free port; gives the process and the port, once it serves."""
        process = subprocess.Popen([HELLO, "run", "--listen", "127.0.0.1:0", *arguments], cwd=self.folder,
                                   env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        for line in process.stdout:
            if found := re.search(r"hello serves http://127\.0\.0\.1:(\d+)/", line):
                return process, int(found.group(1))
        self.fail("it ended before it served")

    def ask(self, port, path, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def test_it_serves_says_where_and_ends_cleanly_on_a_signal(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            process, port = self.start()
            self.assertEqual(self.ask(port, "/healthz"), (200, '{"status":"ok"}'))
            status, page = self.ask(port, "/graphql", Accept="text/html")
            self.assertEqual(status, 200)
            self.assertIn("graphiql", page)
            self.assertIn("look_at_load", self.ask(port, "/")[1])
            process.send_signal(number)
            rest = process.stdout.read()
            self.assertEqual(process.wait(PATIENCE), 0)
            self.assertIn(f"http://127.0.0.1:{port}/graphql", rest)
            self.assertIn("hello.db", rest)
        self.assertEqual(self.hello("migrate", "--check")[0], "nothing to do\n")

    def test_a_strangers_name_for_this_machine_is_refused(self):
        _, port = self.start()
        self.assertEqual(self.ask(port, "/healthz", Host="evil.example")[0], 421)
        self.assertEqual(self.ask(port, "/healthz", Host="localhost:1")[0], 200)

    def test_an_address_that_is_in_use_is_one_line(self):
        _, port = self.start()
        line = self.refused("run", "--listen", f"127.0.0.1:{port}", "--database", "sqlite:other.db", "--tasks", "none")
        self.assertIn(f"127.0.0.1:{port}", line)

    def test_a_reader_that_goes_away_does_not_end_it(self):
        process, port = self.start()
        process.stdout.close()
        self.assertEqual(self.ask(port, "/healthz")[0], 200)
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


if __name__ == "__main__":
    unittest.main()
