#!/usr/bin/env python3
"""Croft as a project outside of its tree gets it: cmake --install, then find_package(croft) and croft_app()."""
import os, pathlib, shutil, subprocess, tempfile, unittest

BUILD, SOURCE = pathlib.Path(os.environ["CROFT_BUILD"]), pathlib.Path(os.environ["CROFT_SOURCE"])
CMAKE, CXX = os.environ["CMAKE"], os.environ["CXX"]
NEW_TASK = """#include <croft/croft.hpp>
CROFT_CRON("@weekly", water) { co_return; }
"""


class package(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="croft-package-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.app = self.folder / "hello"
        shutil.copytree(SOURCE / "examples" / "hello", self.app, ignore=shutil.ignore_patterns("*.db*"))
        self.run_command(CMAKE, "--install", BUILD, "--prefix", self.folder / "prefix")

    def run_command(self, *command, code=0):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CROFT_")}
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True)
        self.assertEqual(done.returncode, code, f"{command}:\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def configure(self, compiler, code=0):
        return self.run_command(CMAKE, "-S", self.app, "-B", self.folder / "build", f"-DCMAKE_CXX_COMPILER={compiler}",
                                f"-DCMAKE_PREFIX_PATH={self.folder / 'prefix'}", code=code)

    def build(self):
        self.run_command(CMAKE, "--build", self.folder / "build")

    def test_an_app_outside_of_the_tree_is_found_built_and_run(self):
        self.configure(CXX)
        self.build()
        self.assertIn("migrate", self.run_command(self.folder / "build" / "hello", "--help"))
        self.assertIn("the schema is valid", self.run_command(self.folder / "build" / "hello", "check"))

    def test_a_task_in_a_new_file_is_found_by_itself(self):
        (self.app / "main.cpp").unlink()  # croft_app() writes one
        self.configure(CXX)
        self.build()
        self.assertNotIn("garden.water", self.run_command(self.folder / "build" / "hello", "tasks"))
        (self.app / "apps" / "garden").mkdir(parents=True)
        (self.app / "apps" / "garden" / "tasks.cpp").write_text(NEW_TASK)
        self.build()
        self.assertIn("garden.water", self.run_command(self.folder / "build" / "hello", "tasks"))

    @unittest.skipUnless(shutil.which("g++"), "there is no g++ here")
    def test_gcc_is_refused_with_the_reason(self):
        self.assertIn("miscompiles everyday coroutine forms", " ".join(self.configure("g++", code=1).split()))
        whole = self.run_command(CMAKE, "-S", SOURCE, "-B", self.folder / "whole", "-DCMAKE_CXX_COMPILER=g++", code=1)
        self.assertIn("miscompiles everyday coroutine forms", " ".join(whole.split()))


if __name__ == "__main__":
    unittest.main()
