"""The documentation's samples: every C++ block compiles, and the tutorial does what it says.

A block that includes something is a file of its own; others stand behind tests/docs/prelude.hpp, and one marked `body` in
a coroutine. Usage: docs_test.py samples|tutorial REPOSITORY BUILD COMPILER
"""
import os, pathlib, re, shutil, subprocess, sys, tempfile

mode, root, build, compiler = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]), sys.argv[4]
BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.M | re.S)


def blocks(path):
    text = path.read_text()
    for match in BLOCK.finditer(text):
        yield match[1].strip(), match[2], text[:match.start()].count("\n") + 2


def samples():
    bad = count = 0
    for path in [root / "README.md", *sorted((root / "docs").glob("*.md"))]:
        for info, code, line in blocks(path):
            if not info.startswith("cpp"):
                continue
            if "#include" not in code:
                if info == "cpp body":
                    code = "task<> sample() {\n" + code + "}\n"
                code = '#include "prelude.hpp"\n' + code
            count += 1
            done = subprocess.run([compiler, "-std=c++23", "-fsyntax-only", f"-I{root}/include", f"-I{root}/tests/docs", "-x", "c++", "-"],
                                  input=code, text=True, capture_output=True)
            if done.returncode:
                bad += 1
                print(f"{path.relative_to(root)}:{line}: does not compile\n{done.stderr[:3000]}")
    print(f"{count} samples, {bad} that don't compile")
    return bad


def tutorial():
    with tempfile.TemporaryDirectory() as folder:
        home, work = pathlib.Path(folder) / "home", pathlib.Path(folder) / "prices"
        home.mkdir(), work.mkdir()
        subprocess.run(["cmake", "--install", str(build), "--prefix", str(home / "croft")], check=True, stdout=subprocess.DEVNULL)
        environment = {k: v for k, v in os.environ.items() if not k.startswith("CROFT_")} | {"HOME": str(home)}
        said = ""
        for info, text, line in blocks(root / "docs" / "tutorial.md"):
            if "file=" in info:
                (work / info.split("file=")[1]).write_text(text)
            elif info == "sh":
                done = subprocess.run(["bash", "-euc", text], cwd=work, env=environment, text=True, capture_output=True)
                said = done.stdout + done.stderr
                if done.returncode:
                    print(f"docs/tutorial.md:{line}: exit code {done.returncode}\n{text}{said}")
                    return 1
            elif info == "output" and text.strip() not in said:
                print(f"docs/tutorial.md:{line}: expected\n{text}in\n{said}")
                return 1
    print("the tutorial does what it says")
    return 0


sys.exit(bool(samples() if mode == "samples" else tutorial()))
