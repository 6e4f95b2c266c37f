#!/usr/bin/env python3
"""Puts recorded cases to the program `conformance` and says where it disagrees.

    driver.py PROGRAM SUITE        cases: $CROFT_CONFORMANCE_DIR/SUITE.json

A suite is driven by one function each for what is sent, whether a case is gated, and whether an answer agrees. Cases
that are not gated are counted and never fail the run. Exit 1: a gated case disagrees. Exit 77: there are no cases here.
"""
import collections
import json
import os
import pathlib
import subprocess
import sys

SHOWN = 5  # disagreements that are printed

# graphql, by kind: which kinds must agree (the others are reported).
GRAPHQL_GATES = {"parse": True, "validate": False, "validateSDL": True, "execute": False}


class Suite:
    """One case is asked and judged on its own; `data` is the whole file."""

    def __init__(self, data):
        self.data = data

    def question(self, case):
        return case

    def gated(self, case):
        return True

    def kind(self, case):
        return case.get("kind", "")

    def agrees(self, case, answer):
        raise NotImplementedError


class Cron(Suite):
    def gated(self, case):
        return case["confidence"] in ("consensus", "majority", "croniter-dialect")

    def kind(self, case):
        return f"{case['kind']}, {case['confidence']}"

    def agrees(self, case, answer):
        if case["kind"] == "invalid":
            return "error" in answer
        if case["kind"] == "match":
            return answer.get("matches") == case["matches"]
        return answer.get("next") == case["expected"]


class Robots(Suite):
    def gated(self, case):
        return not case["google_only"]

    def agrees(self, case, answer):
        return answer.get("allowed") == case["allowed"]


class Selectors(Suite):
    def question(self, case):
        return {**case, "html": self.data["fixtures"][case["fixture"]]}

    def gated(self, case):
        return case["agree"]

    def agrees(self, case, answer):
        if not case["agree"]:  # two engines differ: being with either of them is reported as agreement
            return any(self.same(case[engine], answer) for engine in ("cheerio", "jsdom") if engine in case)
        return self.same(case["expected"], answer)

    @staticmethod
    def same(expected, answer):
        return "error" in answer if expected == "error" else answer.get("indexes") == expected


class Graphql(Suite):
    def question(self, case):
        # A schema, or the one that a document extends, goes by its id: its SDL is put beside it.
        name = case.get("schema") or case.get("extends")
        return {**case, "schemaSDL": self.data["schemas"].get(name)} if name else case

    def gated(self, case):
        return GRAPHQL_GATES[case["kind"]]

    def agrees(self, case, answer):
        if case["kind"] == "execute":
            return self.result(answer) == self.result(case["result"])
        if "errors" not in answer:
            return False
        if case["kind"] == "parse":  # valid or not, and where the first error is
            expected = [] if case["ok"] else [case["error"]]
            return self.places(expected[:1]) == self.places(answer["errors"][:1])
        return sorted(self.places(case["errors"])) == sorted(self.places(answer["errors"]))

    @staticmethod
    def places(errors):
        return [[(place["line"], place["column"]) for place in error.get("locations") or []] for error in errors]

    @classmethod
    def result(cls, answer):
        return answer.get("data"), sorted(cls.places(answer.get("errors") or []))


SUITES = {"cron": Cron, "robots": Robots, "selectors": Selectors, "graphql": Graphql}


def ask(program, name, questions):
    """The answers, in the order of the questions; what is missing or no JSON is an error of its own."""
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run([program, name], input=lines, capture_output=True, text=True, timeout=240)
    answers = []
    for line in done.stdout.splitlines():
        try:
            answers.append(json.loads(line))
        except ValueError:
            answers.append({"no_json": line})
    if done.returncode != 0 or len(answers) != len(questions):
        sys.exit(f"{name}: {len(answers)} answers to {len(questions)} cases, exit code {done.returncode}: {done.stderr}")
    return answers


def brief(value, length=400):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= length else text[:length] + "…"


def main():
    program, name = sys.argv[1:]
    folder = os.environ.get("CROFT_CONFORMANCE_DIR")
    if not folder:
        print(f"{name}: skipped, CROFT_CONFORMANCE_DIR is not set: it names the folder of the recorded cases")
        return 77
    data = json.loads((pathlib.Path(folder) / f"{name}.json").read_text(encoding="utf-8"))
    suite, cases = SUITES[name](data), data["cases"]
    answers = ask(program, name, [suite.question(case) for case in cases])

    counts = collections.defaultdict(lambda: [0, 0])
    wrong = []
    for case, answer in zip(cases, answers):
        gated, agrees = suite.gated(case), suite.agrees(case, answer)
        count = counts[gated, suite.kind(case)]
        count[0] += agrees
        count[1] += 1
        if gated and not agrees:
            wrong.append((case, answer))
    gated_counts = [count for (gated, _), count in counts.items() if gated]
    print(f"{name}: {sum(c[0] for c in gated_counts)} of {sum(c[1] for c in gated_counts)} gated cases agree")
    for (gated, kind), (agreeing, total) in sorted(counts.items()):
        print(f"  {'gated' if gated else 'not gated'}{', ' + kind if kind else ''}: {agreeing} of {total}")
    for case, answer in wrong[:SHOWN]:
        print(f"  case:   {brief(case)}\n  answer: {brief(answer)}")
    if len(wrong) > SHOWN:
        print(f"  … and {len(wrong) - SHOWN} more")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
