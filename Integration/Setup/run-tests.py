#!/usr/bin/env python3
"""Lints, builds once, runs the unit tests, then the integration tests, and adds up.

The console shows what fails and what takes long; everything goes to .build/test.log. The last line is
"N passed, N failed, N skipped". A test is one @Test function, however many cases it has; a check that fails outside
of a test (lint, build, a runner that crashes) counts as one failure. The exit status is 0 when nothing failed.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
import kafka_archive

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build"
LOG = BUILD / "test.log"
TOTALS = BUILD / "test-totals.txt"
WARNINGS_AS_ERRORS = ["-Xswiftc", "-warnings-as-errors"]
INTEGRATION = "^IntegrationTests\\."
# Far more than is needed on two busy cores: a run that takes longer hangs.
BUILD_MINUTES = 20
UNIT_MINUTES = 10
INTEGRATION_MINUTES = 30


def main():
    os.chdir(ROOT)
    BUILD.mkdir(exist_ok=True)
    environment = os.environ.copy()
    environment["PATH"] += f":{BUILD / 'tools/usr/bin'}"
    environment["NO_COLOR"] = "1"
    # Settings of the user's own tools must not reach those under test.
    for name in list(environment):
        if name.startswith(("OUTBOX_", "WORKFORCE_", "KAFKA_CONFIG_")) or name in ("DATABASE_URL", "QUERY_DATABASE_URL"):
            del environment[name]

    totals = Totals()
    broker = announced_broker()
    print(f"Broker: {broker}")
    print(f"Full log: {LOG.relative_to(ROOT)}")
    LOG.unlink(missing_ok=True)
    with open(LOG, "ab", buffering=0) as log:
        lint(log, environment, totals)
        if build(log, environment, totals):
            quicken_brokers(environment)
            Run("Unit tests", ["--skip", INTEGRATION], UNIT_MINUTES, False, log, environment, totals).run()
            Run(
                "Integration tests", ["--no-parallel", "--filter", INTEGRATION], INTEGRATION_MINUTES, True, log,
                environment, totals).run()
    used = re.findall(r"^Broker: (.*)$", LOG.read_text(errors="replace"), re.MULTILINE)
    totals.show(used[0] if used else broker)
    return 1 if totals.failed else 0


def announced_broker():
    """The broker that the tests will take: the order of KafkaSource in Integration/Servers."""
    servers = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    if servers:
        return f"the one at {servers}, named by KAFKA_BOOTSTRAP_SERVERS"
    home = os.environ.get("KAFKA_HOME")
    for folder, origin in kafka_folders():
        jars = list(Path(folder).glob("libs/kafka-clients-*.jar")) if folder else []
        if jars:
            return f"Apache Kafka {jars[0].stem.removeprefix('kafka-clients-')}, started from {origin}"
        if folder and folder == home:
            return f"none: KAFKA_HOME={home} has no libs/kafka-clients-*.jar"
    return "librdkafka's mock cluster; tests that need a real broker are skipped (`make kafka` fetches one)"


def kafka_folders():
    return (os.environ.get("KAFKA_HOME"), "KAFKA_HOME"), (str(ROOT / ".kafka"), ".kafka")


def quicken_brokers(environment):
    """Dozens of brokers are started, and live for seconds: what Java does to be fast later is lost on them."""
    environment.setdefault("KAFKA_HEAP_OPTS", "-Xmx256m -XX:TieredStopAtLevel=1")
    home = next((folder for folder, _ in kafka_folders() if folder and Path(folder, "libs").is_dir()), None)
    flag = home and "KAFKA_OPTS" not in environment and kafka_archive.make(home, BUILD / "kafka.jsa")
    if flag:
        environment["KAFKA_OPTS"] = flag


class Totals:
    def __init__(self):
        self.passed = 0
        self.failed = []
        self.skipped = []

    def show(self, broker):
        print(f"\nBroker: {broker}")
        if self.skipped:
            print(f"\nSkipped ({len(self.skipped)}):")
            for name, reason in self.skipped:
                print(f"  {name}: {reason}")
        if self.failed:
            print(f"\nFailed ({len(self.failed)}):")
            for name, reason in self.failed:
                print(f"  {name}" + (f": {reason}" if reason else ""))
            print(f"\nFull log: {LOG}")
        line = f"{self.passed} passed, {len(self.failed)} failed, {len(self.skipped)} skipped"
        TOTALS.write_text(line + "\n")
        print(f"\n{line}", flush=True)


def lint(log, environment, totals):
    result = logged(["make", "--no-print-directory", "lint"], log, environment)
    if result.returncode != 0:
        show_lines(result.output, r"error|warning")
        totals.failed.append(("lint", "make lint (`make format` mends the format)"))
    print(f"Lint: {'passed' if result.returncode == 0 else 'failed'} ({result.seconds:.0f} s)", flush=True)


def build(log, environment, totals):
    print("Building", flush=True)
    command = ["swift", "build", "--build-tests", *WARNINGS_AS_ERRORS]
    result = logged(command, log, environment, BUILD_MINUTES)
    if result.returncode != 0:
        show_lines(result.output, r"error:|fatal error|Killed|signal")
        totals.failed.append(("build", "see the errors above"))
        return False
    print(f"Build: passed ({result.seconds:.0f} s)", flush=True)
    return True


def show_lines(output, pattern):
    lines = [line for line in output.splitlines() if re.search(pattern, line)] or output.splitlines()[-20:]
    for line in list(dict.fromkeys(lines))[:60]:
        print(f"  {line}")


def logged(command, log, environment, minutes=5):
    """Runs a command to its end; its output goes to the log and is returned."""
    log.write(f"$ {' '.join(command)}\n".encode())
    start = time.monotonic()
    position = LOG.stat().st_size
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env=environment)
    try:
        child.wait(timeout=minutes * 60)
    except subprocess.TimeoutExpired:
        print(f"  {command[0]} {command[1]} did not end within {minutes} min", flush=True)
        end(child)
    except BaseException:
        end(child)
        raise
    with open(LOG, "rb") as reader:
        reader.seek(position)
        child.output = reader.read().decode(errors="replace")
    child.seconds = time.monotonic() - start
    return child


def reason(message):
    """What a test that was skipped or cancelled itself gives as its reason."""
    quoted = re.search(r': "(.*)"$', message, re.DOTALL)
    return quoted.group(1) if quoted else message


def children(process_id):
    """The ids of the processes that one has started."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == process_id:
            found.append(int(status.parent.name))
    return found


def end(child):
    """Ends a process and those it started. The tests' servers and folders go by themselves when their parent ends."""
    below = children(child.pid)
    child.send_signal(signal.SIGINT)
    try:
        child.wait(timeout=10)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    for process_id in below:
        try:
            os.kill(process_id, signal.SIGKILL)
        except ProcessLookupError:
            pass


class Run:
    """One run of the test program. Its events come as JSON lines in a file that grows while it runs."""

    def __init__(self, title, arguments, minutes, shows_each, log, environment, totals):
        self.title = title
        self.minutes = minutes
        self.shows_each = shows_each
        self.log = log
        self.environment = environment
        self.totals = totals
        self.events = BUILD / f"events-{os.getpid()}-{title.split()[0].lower()}.jsonl"
        self.command = [
            "swift", "test", "--skip-build", "--disable-xctest", "--event-stream-output-path", str(self.events),
            *arguments]
        self.functions = {}  # id of each test function -> its name
        self.started = {}
        self.issues = {}
        self.passed = set()
        self.failed = {}
        self.skipped = {}
        self.has_ended = False
        self.partial = b""
        self.position = 0

    def run(self):
        print(f"{self.title}", flush=True)
        self.log.write(f"\n$ {' '.join(self.command)}\n".encode())
        begin = time.monotonic()
        child = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT, env=self.environment)
        trouble = None
        try:
            while child.poll() is None:
                self.read_events()
                if time.monotonic() - begin > self.minutes * 60:
                    trouble = f"did not end within {self.minutes} min"
                    print(f"  {self.title} hang: {trouble}; still running:", flush=True)
                    for name in self.running():
                        print(f"    {name}")
                    end(child)
                    break
                time.sleep(0.2)
        except BaseException:
            end(child)
            raise
        self.read_events()
        self.events.unlink(missing_ok=True)
        self.settle(child.returncode, trouble)
        counts = f"{len(self.passed)} passed, {len(self.failed)} failed, {len(self.skipped)} skipped"
        print(f"{self.title}: {counts} ({time.monotonic() - begin:.0f} s)", flush=True)
        self.totals.passed += len(self.passed)
        self.totals.failed += self.failed.values()
        self.totals.skipped += self.skipped.values()

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
            area = file.split("/")[0] if not self.shows_each else file.split("/")[-1].removesuffix(".swift")
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


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        sys.exit(130)
