"""The suites of the integration tests: which there are, how long they take, and who gets which."""

import json
import os
import re
from collections import Counter

from test_run import suite

INTEGRATION = "^IntegrationTests\\."
# Suites that must have the machine for themselves, each with its reason. They run last, one after the other. None has
# to as long as tests wait for what they expect, however long it takes.
ALONE = {}
# How long a suite takes of which nothing is known yet: those with few tests have long ones.
GUESSED_SECONDS = 10
GUESSED_SECONDS_PER_TEST = 0.5
# A process brings servers of its own, which take some seconds: less than this isn't worth one.
LEAST_SECONDS = 30
# For a process with its broker, its database and the programs under test.
BYTES_PER_PROCESS = 1_500_000_000
# Below those that the system hands to outgoing connections.
PORTS = range(15_000, 32_000)


def width():
    """How many processes run at once: TEST_PROCESSES, or two for each core, as they often wait, and four at most."""
    text = os.environ.get("TEST_PROCESSES", "")
    if text:
        if not re.fullmatch(r"[1-9]|1[0-6]", text):
            raise SystemExit(f"TEST_PROCESSES={text}: not a number from 1 to 16")
        return int(text)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(1, min(4, 2 * (os.cpu_count() or 1), memory // BYTES_PER_PROCESS))


def count_tests(listing):
    """The suites in what `swift test list` writes, with the number of tests in each."""
    return Counter(suite(line) for line in listing.splitlines() if re.match(INTEGRATION, line))


def divide(tests, width):
    """The suites that run beside others, and those that run alone."""
    alone = {name: count for name, count in tests.items() if name in ALONE and width > 1}
    return {name: count for name, count in tests.items() if name not in alone}, alone


def arguments(suites):
    """Selects suites in the test program, one test after the other."""
    names = "|".join(re.escape(name) for name in suites)
    return ["--no-parallel", "--filter", f"{INTEGRATION}({names})/"]


def ports(place, width):
    """Gives a process ports of its own for its servers: one that was down must find its port free again."""
    count = len(PORTS) // width
    first = PORTS[place * count]
    return {"FREE_PORTS": f"{first}-{first + count - 1}"}


class Durations:
    """How long each suite took the last time, kept in a file."""

    def __init__(self, path):
        self.path = path
        try:
            self.seconds = {name: float(seconds) for name, seconds in json.loads(path.read_text()).items()}
        except (OSError, ValueError, AttributeError, TypeError):
            # They only make it faster.
            self.seconds = {}

    def update(self, runs):
        """Takes over what runs of the test program have taken, unless they were cut short."""
        for run in runs:
            if run.has_ended:
                self.seconds.update(run.seconds)
        self.path.write_text(json.dumps(self.seconds, indent=1, sort_keys=True) + "\n")


class SuiteQueue:
    """Hands the suites out, those that take longest first."""

    def __init__(self, tests, durations, width):
        """tests: the number of tests in each suite. width: how many processes take from it at once."""
        self.expected = {
            name: durations.seconds.get(name, GUESSED_SECONDS + count * GUESSED_SECONDS_PER_TEST)
            for name, count in tests.items()}
        self.waiting = sorted(self.expected, key=self.expected.get, reverse=True)
        self.width = width

    def take(self):
        """The suites for one process: part of what is left, so that all end at about the same time. At the end none."""
        left = sum(self.expected[name] for name in self.waiting)
        goal = left if self.width == 1 else max(left / self.width * 3 / 4, LEAST_SECONDS)
        taken = []
        while self.waiting and (not taken or sum(self.expected[name] for name in taken) < goal):
            taken.append(self.waiting.pop(0))
        return taken
