"""A world for the almanac: a folder, an upstream that can misbehave, the app, and ways to look at its database."""
import json, os, pathlib, shutil, signal, sqlite3, subprocess, tempfile, time, unittest, urllib.error, urllib.parse, \
    urllib.request

ALMANAC = os.environ["ALMANAC"]
UPSTREAM = os.environ["ALMANAC_UPSTREAM"]

# What is stored, by names instead of ids: table -> columns, with references looked up.
TABLES = {
    "version": "SELECT name, protocol, resources, items, blocks, recipes, ingested_at IS NOT NULL FROM version",
    "item": "SELECT name, display_name, stack_size, max_durability FROM item",
    "food": "SELECT i.name, food_points, saturation FROM food JOIN item i ON i.id = item",
    "block": "SELECT name, display_name, hardness, resistance, stack_size, emit_light, filter_light, diggable, transparent,"
             " material FROM block",
    "entity": "SELECT name, display_name, type, category, width, height FROM entity",
    "biome": "SELECT name, display_name, category, dimension, temperature, rainfall FROM biome",
    "enchantment": "SELECT name, display_name, category, max_level, weight, curse, treasure_only FROM enchantment",
    "recipe": "SELECT r.name, i.name, quantity, shaped FROM recipe r JOIN item i ON i.id = result",
    "recipe_ingredient": "SELECT r.name, i.name, n.quantity FROM recipe_ingredient n JOIN recipe r ON r.id = n.recipe"
                         " JOIN item i ON i.id = n.item",
    "drop": "SELECT d.name, i.name, b.name, e.name, condition, chance, least, most FROM \"drop\" d"
            " JOIN item i ON i.id = item LEFT JOIN block b ON b.id = block LEFT JOIN entity e ON e.id = entity",
}
# Every version of every row, in the order of events; ids and times differ from run to run.
HISTORIES = {
    "item": "name, display_name, stack_size, max_durability",
    "food": "food_points, saturation",
    "block": "name, display_name, hardness, resistance, stack_size, emit_light, filter_light, diggable, transparent, material",
    "entity": "name, display_name, type, category, width, height",
    "biome": "name, display_name, category, dimension, temperature, rainfall",
    "enchantment": "name, display_name, category, max_level, weight, curse, treasure_only",
    "recipe": "name, quantity, shaped",
    "recipe_ingredient": "quantity",
    "drop": "name, condition, chance, least, most",
}


def wait_for(condition, what, seconds=60, process=None):
    """Asks again until it is so; what the condition gives is given back."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = condition()
        if found:
            return found
        if process and process.poll() is not None:
            raise AssertionError(f"the almanac ended with {process.returncode} while waiting for {what}")
        time.sleep(0.02)
    raise AssertionError(f"waited {seconds} s in vain for {what}")


class world(unittest.TestCase):
    versions = "1.8"

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="almanac-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.overrides = self.folder / "overrides"
        self.overrides.mkdir()
        self.database = self.folder / "almanac.db"
        self.log = open(self.folder / "log", "w+")
        self.addCleanup(self.log.close)
        self.upstream = self.app = None
        self.addCleanup(self.kill)
        self.start_upstream()

    # --- the upstream

    def start_upstream(self, port=0):
        self.upstream = subprocess.Popen([UPSTREAM, "--listen", f"127.0.0.1:{port}", "--versions", self.versions,
                                          "--data-override", self.overrides], stdout=subprocess.PIPE, text=True)
        self.site = self.upstream.stdout.readline().split()[-1]

    def stop_upstream(self):
        self.upstream.kill()
        self.upstream.wait()
        self.upstream.stdout.close()

    def mode(self, **fields):
        request = urllib.request.Request(self.site + "/admin/mode", json.dumps(fields).encode(), method="POST")
        urllib.request.urlopen(request, timeout=10).read()

    def stats(self):
        return json.loads(urllib.request.urlopen(self.site + "/admin/stats", timeout=10).read())

    # --- the app

    def environment(self):
        return {**os.environ, "CROFT_DATABASE": f"sqlite:{self.database}", "CROFT_LISTEN": "127.0.0.1:0",
                "CROFT_SITE_API": self.site}

    def start(self):
        self.app = subprocess.Popen([ALMANAC, "run"], env=self.environment(), cwd=self.folder, stdout=subprocess.PIPE,
                                    stderr=self.log, text=True)

    def served(self):
        """The app's own address, once it says so."""
        for line in self.app.stdout:
            if " serves http" in line:
                return line.split()[-1].rstrip("/")
        raise AssertionError("the almanac ended without serving: " + self.said())

    def command(self, *arguments):
        return subprocess.run([ALMANAC, *arguments], env=self.environment(), cwd=self.folder, capture_output=True,
                              text=True, timeout=120)

    def kill(self, how=signal.SIGKILL):
        if self.app:
            self.app.send_signal(how)
            self.app.wait()
            self.app.stdout.close()
            self.app = None

    def tearDown(self):
        self.kill()
        if self.upstream.poll() is None:
            self.stop_upstream()

    def said(self):
        return (self.folder / "log").read_text()

    # --- its database

    def rows(self, sql, *parameters):
        """None while the table isn't there yet."""
        if not self.database.exists():
            return None
        connection = sqlite3.connect(self.database, timeout=10)
        try:
            return connection.execute(sql, parameters).fetchall()
        except sqlite3.OperationalError as e:
            if "no such table" in str(e):
                return None
            raise
        finally:
            connection.close()

    def rows_changed_by_hand(self, sql, *parameters):
        with sqlite3.connect(self.database) as connection:
            connection.execute(sql, parameters)
        connection.close()

    def all_ingested(self):
        names = self.rows("SELECT name FROM version WHERE ingested_at IS NOT NULL") or []
        return len(names) == len(self.versions.split(","))

    def ingest(self, seconds=100):
        """Runs the app until every version is in, and ends it properly."""
        self.start()
        wait_for(self.all_ingested, "all versions to be ingested; log:\n" + self.said(), seconds, self.app)
        self.app.send_signal(signal.SIGTERM)
        self.assertEqual(self.app.wait(timeout=30), 0, self.said())
        self.app.stdout.close()
        self.app = None

    def tables(self):
        return {table: sorted(self.rows(sql), key=repr) for table, sql in TABLES.items()}

    def histories(self):
        return {table: sorted(self.rows(f"SELECT history_note, history_change, history_to IS NULL, {columns}"
                                        f' FROM "{table}_history"'), key=repr) for table, columns in HISTORIES.items()}

    def failed_runs(self):
        return [error for (error,) in self.rows("SELECT error FROM croft_run WHERE outcome = 'failed'") or []]


class on_postgres:
    """A world whose app has a database on the test server instead of a file."""

    def setUp(self):
        server = os.environ.get("CROFT_TEST_POSTGRES")
        if not server:
            self.skipTest("PostgreSQL tests need a server: run them with `make test`, or scripts/with-postgres PROGRAM")
        super().setUp()
        name = f"croft_almanac_{os.getpid()}"
        self.url = urllib.parse.urlsplit(server)._replace(path="/" + name).geturl()
        psql(server, f"CREATE DATABASE {name}")
        self.addCleanup(psql, server, f"DROP DATABASE {name} WITH (FORCE)")

    def environment(self):
        return {**super().environment(), "CROFT_DATABASE": self.url}

    def rows(self, sql):
        try:
            told = psql(self.url, f"SELECT coalesce(json_agg(row_to_json(q)), '[]') FROM ({sql}) q")
        except subprocess.CalledProcessError as e:
            if "does not exist" in e.stderr:
                return None
            raise
        return json.loads(told, object_pairs_hook=lambda pairs: tuple(value for _, value in pairs))

    def rows_changed_by_hand(self, sql, *parameters):
        for value in parameters:
            sql = sql.replace("?", f"$${value}$$", 1)
        psql(self.url, sql)


def psql(url, sql):
    return subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql, url], capture_output=True, text=True,
                          check=True, timeout=60).stdout


def get(url, seconds=5):
    with urllib.request.urlopen(url, timeout=seconds) as answer:
        return answer.status, answer.read().decode()


def graphql(base, query):
    request = urllib.request.Request(base + "/graphql", json.dumps({"query": query}).encode(),
                                     {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as refused:
        raise AssertionError(refused.read().decode()) from refused
