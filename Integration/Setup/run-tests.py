#!/usr/bin/env python3
"""Lints, builds once, runs the unit tests, then the integration tests, several suites at once, and adds up.

The console shows what fails and what takes long; everything goes to .build/test.log. The last line is
"N passed, N failed, N skipped". A test is one @Test function, however many cases it has; a check that fails outside
of a test (lint, build, a runner that crashes) counts as one failure. The exit status is 0 when nothing failed.

TEST_PROCESSES says how many processes share the suites; with 1 they run one after the other.
"""

import itertools
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
import kafka_archive
import processes
import test_suites
from test_run import TestRun, run_at_once
from test_suites import SuiteQueue

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build"
LOG = BUILD / "test.log"
TOTALS = BUILD / "test-totals.txt"
WARNINGS_AS_ERRORS = ["-Xswiftc", "-warnings-as-errors"]
# Far more than is needed on two busy cores: a build that takes longer hangs.
BUILD_MINUTES = 20


def main():
    os.chdir(ROOT)
    BUILD.mkdir(exist_ok=True)
    width = test_suites.width()
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
            unit_tests(log, environment, totals)
            integration_tests(width, log, environment, totals)
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

    def add(self, title, runs, begin):
        """Counts what runs of the test program have brought since `begin`, and says it."""
        passed = sum(len(run.passed) for run in runs)
        failed = [failure for run in runs for failure in run.failed.values()]
        skipped = [skip for run in runs for skip in run.skipped.values()]
        counts = f"{passed} passed, {len(failed)} failed, {len(skipped)} skipped"
        print(f"{title}: {counts} ({time.monotonic() - begin:.0f} s)", flush=True)
        self.passed += passed
        self.failed += failed
        self.skipped += skipped

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


def unit_tests(log, environment, totals):
    print("Unit tests", flush=True)
    begin = time.monotonic()
    run = TestRun("Unit tests", ["--skip", test_suites.INTEGRATION], False, BUILD / "test-unit", log, environment)
    totals.add("Unit tests", run_at_once(1, lambda _: None if run.has_started else run), begin)


def integration_tests(width, log, environment, totals):
    begin = time.monotonic()
    listing = logged(["swift", "test", "list", "--skip-build", "--disable-xctest"], log, environment)
    tests = test_suites.count_tests(listing.output)
    if listing.returncode != 0 or not tests:
        show_lines(listing.output, r"error")
        totals.failed.append(("Integration tests", "`swift test list` names none"))
        return
    print(f"Integration tests: {len(tests)} suites, {width} at once", flush=True)
    durations = test_suites.Durations(BUILD / "test-durations.json")
    together, alone = (SuiteQueue(part, durations, width) for part in test_suites.divide(tests, width))
    numbers = itertools.count(1)

    def next_run(queue, place):
        suites = queue.take()
        if not suites:
            return None
        number = next(numbers)
        return TestRun(
            f"Integration tests, process {number}", test_suites.arguments(suites), True, BUILD / f"test-{number}", log,
            environment | test_suites.ports(place, width))

    runs = run_at_once(width, lambda place: next_run(together, place))
    runs += run_at_once(1, lambda place: next_run(alone, place))
    durations.update(runs)
    missing = sum(tests.values()) - sum(len(run.functions) for run in runs)
    if missing:
        totals.failed.append(("Integration tests", f"{missing} tests were listed and in no run"))
    totals.add("Integration tests", runs, begin)


def show_lines(output, pattern):
    lines = [line for line in output.splitlines() if re.search(pattern, line)] or output.splitlines()[-20:]
    for line in list(dict.fromkeys(lines))[:60]:
        print(f"  {line}")


def logged(command, log, environment, minutes=5):
    """Runs a command to its end; its output goes to the log and is returned."""
    log.write(f"$ {' '.join(command)}\n".encode())
    start = time.monotonic()
    position = LOG.stat().st_size
    child = processes.start(command, log, environment)
    try:
        child.wait(timeout=minutes * 60)
    except subprocess.TimeoutExpired:
        print(f"  {command[0]} {command[1]} did not end within {minutes} min", flush=True)
        processes.end([child])
    except BaseException:
        processes.end([child])
        raise
    with open(LOG, "rb") as reader:
        reader.seek(position)
        child.output = reader.read().decode(errors="replace")
    child.seconds = time.monotonic() - start
    return child


if __name__ == "__main__":
    # What is running is ended on the way out, whoever asks for that.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        sys.exit(130)
