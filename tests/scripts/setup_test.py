#!/usr/bin/env python3
"""scripts/setup, in a small tree of its own, with stand-ins for apt, dpkg, sudo and npm."""
import os, pathlib, shutil, stat, subprocess, sys, tempfile, unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "setup"
STAND_INS = {
    "dpkg-query": 'for p in "$@"; do grep -qsx -- "$p" "$BOX/installed" && echo "installed $p"; done; exit 1',
    "apt-get": 'echo "apt-get $*" >>"$BOX/log"; [[ ! -e $BOX/no-network ]] || exit 100\n'
               'if [[ $1 == install ]]; then shift; for p in "$@"; do echo "$p" >>"$BOX/installed"; done; fi',
    "apt-cache": '[[ ! -e $BOX/no-network ]]',
    "npm": 'echo "npm $* in ${PWD##*/}" >>"$BOX/log"; [[ ! -e $BOX/no-network ]] || exit 1; mkdir -p node_modules',
    "node": "true",
    "sudo": 'echo "sudo $*" >>"$BOX/log"; exec "$@"',
}
TOOLS = "bash dirname grep sed sort comm sha256sum find mkdir env tr".split()


class setup(unittest.TestCase):
    def setUp(self):
        self.box = pathlib.Path(tempfile.mkdtemp(prefix="setup-test-"))
        self.addCleanup(shutil.rmtree, self.box)
        self.bin = self.box / "bin"
        self.tree = self.box / "tree"
        (self.tree / "scripts").mkdir(parents=True)
        shutil.copy(SCRIPT, self.tree / "scripts" / "setup")
        (self.tree / "scripts" / "packages.txt").write_text("# compiler\nclang-19\ncurl\nnodejs\nnpm\n")
        (self.tree / "assets").mkdir()
        (self.tree / "assets" / "package-lock.json").write_text("{}")
        self.bin.mkdir()
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool, path="/usr/bin:/bin"))
        for name, text in STAND_INS.items():
            (self.bin / name).write_text("#!/bin/bash\n" + text + "\n")
            (self.bin / name).chmod(0o755)
        self.installed("curl")

    def installed(self, *packages):
        (self.box / "installed").write_text("".join(package + "\n" for package in packages))

    def run_setup(self, expected=0):
        ended = subprocess.run([self.tree / "scripts" / "setup"], env={"PATH": str(self.bin), "BOX": str(self.box)},
                               capture_output=True, text=True, timeout=30)
        self.assertEqual(ended.returncode, expected, ended.stdout + ended.stderr)
        return ended.stdout + ended.stderr

    def log(self):
        log = self.box / "log"
        text = log.read_text() if log.exists() else ""
        log.unlink(missing_ok=True)
        return text

    def test_only_what_is_missing_is_installed_and_named(self):
        output = self.run_setup()
        self.assertIn("setup: Debian packages to install: clang-19\n", output)
        self.assertIn("npm packages to install: those of assets/package-lock.json", output)
        log = self.log()
        self.assertIn("apt-get install -y --no-install-recommends clang-19\n", log)
        self.assertIn("npm ci", log)

    def test_a_second_run_touches_no_network(self):
        self.run_setup()
        self.log()
        (self.box / "no-network").touch()
        output = self.run_setup()
        self.assertEqual(self.log(), "")
        self.assertIn("Debian packages: all there", output)
        self.assertIn("npm packages of assets: all there", output)

    def test_a_changed_lockfile_is_installed_anew(self):
        self.run_setup()
        self.log()
        (self.tree / "assets" / "package-lock.json").write_text('{"changed": 1}')
        self.run_setup()
        self.assertIn("npm ci", self.log())

    def test_a_failed_npm_leaves_no_stamp_and_says_what_to_do(self):
        self.installed("curl", "clang-19")
        (self.box / "no-network").touch()
        self.assertIn("npm ci failed in assets", self.run_setup(expected=1))
        (self.box / "no-network").unlink()
        self.log()
        self.run_setup()
        self.assertIn("npm ci", self.log())

    def test_packages_that_cannot_be_had_end_it_with_a_reason(self):
        (self.box / "no-network").touch()
        output = self.run_setup(expected=1 if "VERSION_ID=\"12\"" in pathlib.Path("/etc/os-release").read_text() else 0)
        self.assertIn("clang-19", output)

    def test_node_from_elsewhere_keeps_debians_away_and_its_absence_brings_it(self):
        self.run_setup()
        self.assertNotIn("nodejs", self.log())
        (self.bin / "node").unlink()
        output = self.run_setup()
        self.assertIn("Debian packages to install: nodejs npm\n", output)

    @unittest.skipUnless(os.geteuid() == 0, "starts a process as another user")
    def test_others_than_root_go_through_sudo_and_are_told_what_to_run_without_it(self):
        for path in (self.box, self.tree, self.tree / "scripts", self.tree / "assets", self.bin, self.box / "installed"):
            path.chmod(path.stat().st_mode | stat.S_IRWXO)
        as_nobody = {"user": 65534, "group": 65534, "extra_groups": []}
        environment = {"PATH": str(self.bin), "BOX": str(self.box)}
        command = [self.tree / "scripts" / "setup"]
        subprocess.run(command, env=environment, capture_output=True, timeout=30, check=True, **as_nobody)
        log = self.log()
        self.assertIn("sudo apt-get update\n", log)
        self.assertIn("sudo env DEBIAN_FRONTEND=noninteractive apt-get install", log)
        self.assertNotIn("sudo npm", log)
        self.installed("curl")
        (self.bin / "sudo").unlink()
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, **as_nobody)
        self.assertEqual(ended.returncode, 1)
        self.assertIn("apt-get install clang-19", ended.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "--quiet", *sys.argv[1:]])
