"""Runs of the test program, some at once. Their events come as JSON lines in files that grow while they run."""

import json
import re
import shutil
import time
from collections import defaultdict

import processes

# A run without any news for so long hangs: no test takes nearly as long, even on two busy cores.
SILENT_MINUTES = 10


def run_at_once(width, next_run):
    """Has up to `width` runs going at once.

    `next_run(place)` gives the next one for a place that is free, 0 to `width` - 1, or None when there are no more.
    Returns all that were run. Whatever ends this early ends those that are going.
    """
    places = [None] * width
    runs = []
    try:
        while True:
            for place, run in enumerate(places):
                if run is None or not run.goes_on():
                    places[place] = run = next_run(place)
                    if run:
                        run.start()
                        runs.append(run)
            if not any(places):
                return runs
            time.sleep(0.1)
    finally:
        going = [run for run in places if run]
        processes.end([run.child for run in going])
        for run in going:
            run.close()


class TestRun:
    """One run of the test program, with some of its tests."""

    def __init__(self, title, arguments, shows_each, files, log, environment):
        """
        title: names it where no test can be named.
        arguments: say which tests, and how.
        shows_each: whether each test's end is shown, or failures only.
        files: where its own files go, without their suffixes.
        log: gets what it has written when it ends, in one piece.
        """
        self.title = title
        self.shows_each = shows_each
        self.log = log
        self.environment = environment
        self.events = files.with_suffix(".jsonl")
        self.output = files.with_suffix(".log")
        # The builds' lock, which nobody needs who builds nothing, would let only one run go on.
        self.command = [
            "swift", "test", "--ignore-lock", "--skip-build", "--disable-xctest", "--event-stream-output-path",
            str(self.events), *arguments]
        self.functions = {}  # id of each test function -> its name
        self.has_started = False
        self.started = {}
        self.seconds = defaultdict(float)  # name of each suite -> how long its tests took
        self.issues = {}
        self.passed = set()
        self.failed = {}
        self.skipped = {}
        self.has_ended = False
        self.partial = b""
        self.position = 0

    def start(self):
        self.has_started = True
        self.events.unlink(missing_ok=True)
        self.last_news = time.monotonic()
        with open(self.output, "wb") as output:
            self.child = processes.start(self.command, output, self.environment)

    def goes_on(self):
        """Reads the news. The first time that it has ended, or is ended because it hangs, judges it."""
        status = self.child.poll()
        self.read_events()
        trouble = None
        if status is None:
            if time.monotonic() - self.last_news < SILENT_MINUTES * 60:
                return True
            trouble = f"nothing happened for {SILENT_MINUTES} min"
            print(f"  {self.title} hang: {trouble}; still running:", flush=True)
            for name in self.running():
                print(f"    {name}")
            processes.end([self.child])
            self.read_events()
        self.settle(self.child.returncode, trouble)
        self.close()
        return False

    def close(self):
        """Hands over its part of the log, and removes its files."""
        self.log.write(f"\n$ {' '.join(self.command)}\n".encode())
        with open(self.output, "rb") as output:
            shutil.copyfileobj(output, self.log)
        self.output.unlink()
        self.events.unlink(missing_ok=True)

    def running(self):
        done = self.passed | self.failed.keys() | self.skipped.keys()
        return [name for test, name in self.functions.items() if test in self.started and test not in done]

    def settle(self, status, trouble):
        """Judges what has no end of its own: tests cut off, runners that failed without saying why."""
        if not self.has_ended and not trouble:
            trouble = f"the runner ended early, with status {status}"
        never_run = 0
        for test, name in self.functions.items():
            if test in self.passed or test in self.failed or test in self.skipped:
                continue
            if test in self.started:
                self.failed[test] = (name, f"still running when it stopped: {trouble}")
            else:
                never_run += 1
        if never_run:
            self.failed["never run"] = (self.title, f"{never_run} tests were not run: {trouble}")
        elif trouble and not self.failed:
            self.failed["runner"] = (self.title, trouble)
        elif not self.functions:
            self.failed["empty"] = (self.title, "there are no tests")
        elif status != 0 and not self.failed:
            self.failed["status"] = (self.title, f"the runner's exit status is {status} though no test failed")

    def read_events(self):
        try:
            with open(self.events, "rb") as file:
                file.seek(self.position)
                data = file.read()
        except FileNotFoundError:
            return
        self.position += len(data)
        if data:
            self.last_news = time.monotonic()
        *lines, self.partial = (self.partial + data).split(b"\n")
        for line in lines:
            if line.strip():
                record = json.loads(line)
                if record["kind"] == "test":
                    self.define(record["payload"])
                elif record["kind"] == "event":
                    self.handle(record["payload"])

    def define(self, test):
        if test["kind"] == "function":
            file = test["sourceLocation"]["fileID"]
            area = file.split("/")[-1].removesuffix(".swift") if self.shows_each else file.split("/")[0]
            self.functions[test["id"]] = f"{area}: {test.get('displayName') or test['name']}"

    def handle(self, event):
        kind = event["kind"]
        test = event.get("testID")
        name = self.functions.get(test)
        text = "\n".join(message["text"] for message in event.get("messages", []))
        if kind == "runEnded":
            self.has_ended = True
        elif kind == "issueRecorded":
            self.record_issue(event, test, name, text)
        elif kind == "testEnded" and name is None and test in self.issues:
            # An issue of a suite rather than of a test in it.
            self.failed[test] = (test, self.issues[test])
        elif name is None:
            return
        elif kind == "testStarted":
            self.started[test] = event["instant"]["absolute"]
        elif kind in ("testSkipped", "testCancelled"):
            self.skipped[test] = (name, reason(text))
            if self.shows_each:
                print(f"  skipped  {name}", flush=True)
        elif kind == "testEnded" and test in self.skipped:
            # A test that cancels itself says why at its end only.
            self.skipped[test] = (name, reason(text))
        elif kind == "testEnded":
            seconds = event["instant"]["absolute"] - self.started.get(test, event["instant"]["absolute"])
            self.seconds[suite(test)] += seconds
            symbols = {message["symbol"] for message in event.get("messages", [])}
            if test in self.issues or "fail" in symbols:
                self.failed[test] = (name, self.issues.get(test, ""))
                print(f"  FAILED   {name} ({seconds:.1f} s)", flush=True)
            else:
                self.passed.add(test)
                if self.shows_each:
                    print(f"  passed   {name} ({seconds:.1f} s)", flush=True)

    def record_issue(self, event, test, name, text):
        issue = event.get("issue", {})
        if issue.get("isKnown") or issue.get("severity") == "warning":
            return
        location = issue.get("sourceLocation") or {}
        where = f"{location.get('fileID', '?')}:{location.get('line', '?')}"
        first_line = text.split("\n")[0]
        if test is None:
            self.failed[f"issue {len(self.failed)}"] = (self.title, f"{where}: {first_line}")
        else:
            self.issues.setdefault(test, f"{where}: {first_line}")
        print(f"  issue    {name or test or self.title}\n           {where}", flush=True)
        for line in text.split("\n"):
            print(f"           {line}", flush=True)


def suite(test):
    """The name of the suite that a test belongs to by its id, `Module.Suite/function`; its own when it has none."""
    return test.partition(".")[2].partition("/")[0]


def reason(message):
    """What a test that was skipped or cancelled itself gives as its reason."""
    quoted = re.search(r': "(.*)"$', message, re.DOTALL)
    return quoted.group(1) if quoted else message
