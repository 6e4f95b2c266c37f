#!/usr/bin/env python3
"""scripts/run-almanac, with the real upstream and a stand-in for the app."""
import os, pathlib, select, shutil, signal, socket, subprocess, sys, tempfile, unittest, urllib.request

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "run-almanac"
APP = """#!/usr/bin/env python3
import os, signal, sys
def end(number, frame):
    print("app: signal", number, flush=True)
    sys.exit(int(os.environ.get("APP_EXIT", "0")))
signal.signal(signal.SIGINT, end)
signal.signal(signal.SIGTERM, end)
signal.signal(signal.SIGUSR1, lambda *_: sys.exit(3))  # by itself
print("app:", os.getpid(), os.environ["CROFT_SITE_API"], os.environ.get("CROFT_DATABASE"), *sys.argv[1:], flush=True)
while True:
    signal.pause()
"""


class run_almanac(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="run-almanac-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        (self.folder / "almanac-upstream").symlink_to(os.environ["ALMANAC_UPSTREAM"])
        (self.folder / "almanac").write_text(APP)
        (self.folder / "almanac").chmod(0o755)

    def start(self, *arguments, **environment):
        script = subprocess.Popen(
            [SCRIPT, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
            env={**os.environ, "CROFT_BIN": str(self.folder), "ALMANAC_UPSTREAM_LISTEN": "127.0.0.1:0", **environment})
        self.addCleanup(script.communicate)
        self.addCleanup(script.kill)
        return script

    def running(self, **environment):
        script = self.start(**environment)
        script.stdout.readline()
        pid = int(script.stdout.readline().split()[1])
        children = pathlib.Path(f"/proc/{script.pid}/task/{script.pid}/children").read_text().split()
        self.assertEqual(len(children), 2)
        self.assertIn(str(pid), children)
        self.app = pid
        self.children = [os.pidfd_open(int(child)) for child in children]
        for child in self.children:
            self.addCleanup(os.close, child)
        return script

    def assert_gone(self):
        for child in self.children:  # a process descriptor can be read once its process has ended
            self.assertTrue(select.select([child], [], [], 20)[0], "a process was left behind")

    def test_the_app_is_told_where_the_upstream_is_and_gets_arguments_and_environment(self):
        script = self.start("--verbose", CROFT_DATABASE="sqlite:x.db")
        url = script.stdout.readline().split()[-1]
        line = script.stdout.readline().split()
        self.assertEqual(line[2:], [url, "sqlite:x.db", "run", "--verbose"])
        self.assertEqual(urllib.request.urlopen(url + "/api/versions", timeout=10).status, 200)

    def test_ctrl_c_reaches_the_app_once_and_ends_both(self):
        script = self.running()
        os.killpg(script.pid, signal.SIGINT)  # as a terminal does
        rest, errors = script.communicate(timeout=20)
        self.assertEqual((script.returncode, rest, errors), (0, "app: signal 2\n", ""))
        self.assert_gone()

    def test_sigterm_to_the_script_alone_ends_both(self):
        script = self.running()
        script.terminate()
        self.assertEqual(script.communicate(timeout=20)[0], "app: signal 15\n")
        self.assert_gone()

    def test_the_exit_code_is_the_apps(self):
        script = self.running(APP_EXIT="7")
        script.terminate()
        self.assertEqual(script.wait(20), 7)

    def test_an_app_that_ends_by_itself_takes_the_upstream_along(self):
        script = self.running()
        os.kill(self.app, signal.SIGUSR1)
        self.assertEqual(script.wait(20), 3)
        self.assert_gone()

    def test_killing_the_script_leaves_nothing_behind(self):
        script = self.running()
        script.kill()
        script.communicate(timeout=20)
        self.assert_gone()

    def test_a_taken_port_is_a_clear_line_and_the_app_is_not_started(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            address = f"127.0.0.1:{other.getsockname()[1]}"
            script = self.start(ALMANAC_UPSTREAM_LISTEN=address)
            output, errors = script.communicate(timeout=20)
        self.assertEqual((script.returncode, output), (1, ""))
        self.assertIn(f"can't listen on {address}: Address already in use", errors)
        self.assertIn("ALMANAC_UPSTREAM_LISTEN=127.0.0.1:PORT", errors)

    def test_a_missing_program_is_named_with_the_remedy(self):
        (self.folder / "almanac").unlink()
        script = self.start()
        errors = script.communicate(timeout=20)[1]
        self.assertEqual(script.returncode, 1)
        self.assertRegex(errors, r"almanac is missing: run `make` first")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "--quiet", *sys.argv[1:]])
