#!/usr/bin/env python3
"""Starts almanac-upstream and the almanac on free ports with an empty database, waits until a first version has been
ingested, and lets graphiql.mjs type a query in Chromium. Prints the app's output when something went wrong."""
import contextlib, json, os, pathlib, socket, subprocess, sys, tempfile, time, urllib.error, urllib.request

HERE = pathlib.Path(__file__).resolve().parent
QUERY = '{ items(filters: {name: {exact: "stone"}}) { name } }'
PATIENCE = 120  # seconds for the app to come up and ingest; a sanitizer build on a busy machine needs some


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(command, **options):
    process = subprocess.Popen(command, **options)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise RuntimeError(f"{command[0]} did not end within 20 s of SIGTERM")


def wait_until(what, holds, app):
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if app.poll() is not None:
            raise RuntimeError(f"the app ended with code {app.returncode} before {what}")
        if time.monotonic() > deadline:
            raise RuntimeError(f"{PATIENCE} s went by without {what}")
        time.sleep(0.05)  # between two questions to another process


def healthy(url):
    try:
        return urllib.request.urlopen(url + "/healthz", timeout=5).status == 200
    except OSError:
        return False


def ingested(url):
    request = urllib.request.Request(url + "/graphql", json.dumps({"query": QUERY}).encode(),
                                     {"Content-Type": "application/json"})
    try:
        answer = json.load(urllib.request.urlopen(request, timeout=10))
    except urllib.error.HTTPError as error:
        answer = json.load(error)
    if "errors" in answer:
        raise RuntimeError(f"{QUERY} is answered by {answer}")
    return bool(answer["data"]["items"])


def drive(folder, log):
    upstream_command = [os.environ["ALMANAC_UPSTREAM"], "--listen", "127.0.0.1:0", "--versions", "1.8,1.13.2"]
    with running(upstream_command, stdout=subprocess.PIPE, text=True) as upstream:
        site = upstream.stdout.readline().split()[-1]
        address = f"127.0.0.1:{free_port()}"
        url = f"http://{address}"
        environment = {**os.environ, "CROFT_LISTEN": address, "CROFT_SITE_API": site}
        environment.pop("CROFT_DATABASE", None)  # by default a file in the working directory
        with running([os.environ["ALMANAC"], "run"], env=environment, cwd=folder, stdout=log, stderr=log) as app:
            wait_until("/healthz answering 200", lambda: healthy(url), app)
            wait_until("stone being among the items", lambda: ingested(url), app)
            return subprocess.run(["node", HERE / "graphiql.mjs", url, QUERY, '"name": "stone"'], timeout=120).returncode


def main():
    if not (HERE / "node_modules" / "playwright-core").exists():
        sys.exit("tests/e2e/node_modules is missing: run `make setup`")
    with tempfile.TemporaryDirectory(prefix="croft-e2e-") as folder:
        output = pathlib.Path(folder) / "output.txt"
        code = 1
        try:
            with open(output, "wb") as log:
                code = drive(folder, log)
        except RuntimeError as error:
            print(f"e2e: {error}", file=sys.stderr)
        if code:
            print("--- the app's output:", output.read_text(errors="replace"), sep="\n", file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
