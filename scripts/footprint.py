"""Prints a program's stripped size, the time from its start to its first answer, and its memory when idle.

The baseline of the start is `PROGRAM --version`: what the loader and the libraries alone take.
"""
import http.client, os, pathlib, shutil, signal, socket, statistics, subprocess, sys, tempfile, time

program = pathlib.Path(sys.argv[1]).resolve()
work = pathlib.Path(tempfile.mkdtemp())
environment = {k: v for k, v in os.environ.items() if not k.startswith("CROFT_")}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def start():
    port = free_port()
    began = time.perf_counter()
    process = subprocess.Popen([program, "run"], cwd=work, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               env=environment | {"CROFT_LISTEN": f"127.0.0.1:{port}", "CROFT_TASKS": "none"})
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            return process, time.perf_counter() - began
        except OSError:
            time.sleep(0.0005)


def pss(pid):
    return sum(int(line.split()[1]) for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines() if line.startswith("Pss:"))


def end(process):
    process.send_signal(signal.SIGTERM)
    process.wait()


try:
    stripped = work / "stripped"
    subprocess.run(["strip", "-o", stripped, program], check=True)
    print(f"stripped binary                              {stripped.stat().st_size / 1e6:9.1f} MB")
    end(start()[0])  # makes the database
    times, memory, bare = [], [], []
    for _ in range(9):
        process, seconds = start()
        times.append(seconds * 1000)
        memory.append(pss(process.pid) / 1024)
        end(process)
        began = time.perf_counter()
        subprocess.run([program, "--version"], stdout=subprocess.DEVNULL, check=True, cwd=work)
        bare.append((time.perf_counter() - began) * 1000)
    print(f"start to first answer                        {statistics.median(times):9.1f} ms   --version alone {statistics.median(bare):.1f} ms")
    print(f"idle memory (PSS)                            {statistics.median(memory):9.1f} MB")
finally:
    shutil.rmtree(work)
