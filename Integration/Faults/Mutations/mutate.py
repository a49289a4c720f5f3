#!/usr/bin/env python3
"""Breaks the product on purpose, in a copy, and lets the fault harness find out.

    mutate.py [NAME…]   build each mutation and run the harness against it; all of them unless named
    mutate.py --check   see that every edit still fits the sources
    mutate.py --list    say what there is

For each mutation the harness runs for 30, then 60, then 210 seconds of faults, until it sees a violation. It ends with a
table of what was caught, by which check, after how many seconds of faults; exit status 1 if one was not.

The copy is in .build/mutations/source and is built, without optimisation, in .build/mutations/build.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
from mutations import MUTATIONS

ROOT = Path(__file__).resolve().parents[3]
WORK = ROOT / ".build" / "mutations"
SOURCE = WORK / "source"
PROGRAMS = ("outbox", "Faults")
DURATIONS = (30, 60, 210)
SEED = 1


def mutated(mutation):
    """The files that the mutation changes, with their new texts."""
    texts = {}
    for edit in mutation.edits:
        text = texts.get(edit.file) or (ROOT / edit.file).read_text(encoding="utf-8")
        count = text.count(edit.old)
        if count != 1:
            raise LookupError(
                f"{mutation.name}: {edit.file} has this text {count} times instead of once; mend "
                f"Integration/Faults/Mutations/mutations.py:\n{edit.old}")
        texts[edit.file] = text.replace(edit.old, edit.new)
    return texts


def check():
    """Whether all edits fit; says which do not."""
    failures = 0
    for mutation in MUTATIONS:
        try:
            mutated(mutation)
        except (LookupError, OSError) as error:
            failures += 1
            print(error, file=sys.stderr)
    return failures == 0


def copy_sources(changes):
    """Brings the copy up to date; touches only files whose text differs, so that little is built anew."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "Package.swift", "Sources", "Integration"],
        cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\n")
    # The package names its tests' folders too.
    listed += subprocess.run(
        ["git", "ls-files", "Tests"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\n")
    wanted = {name for name in listed if name and (ROOT / name).is_file()}
    for name in wanted:
        data = changes[name].encode() if name in changes else (ROOT / name).read_bytes()
        target = SOURCE / name
        if target.is_file() and target.read_bytes() == data:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    for target in list(SOURCE.rglob("*")):
        if target.is_file() and str(target.relative_to(SOURCE)) not in wanted:
            target.unlink()


def build(name, changes):
    """Builds the programs and puts them into a folder of their own."""
    copy_sources(changes)
    log = WORK / f"{name}.build.log"
    with open(log, "w", encoding="utf-8") as file:
        for product in PROGRAMS:
            command = [
                "swift", "build", "--package-path", str(SOURCE), "--scratch-path", str(WORK / "build"),
                "--product", product]
            if subprocess.run(command, stdout=file, stderr=subprocess.STDOUT, check=False).returncode:
                raise RuntimeError(f"{name} does not build, see {log.relative_to(ROOT)}")
    folder = WORK / "programs" / name
    folder.mkdir(parents=True, exist_ok=True)
    for product in PROGRAMS:
        shutil.copy2(WORK / "build" / "debug" / product, folder / product)
    return folder


def catch(mutation, tools, harness):
    """Runs the harness until it notices: the seconds of faults until then, and the checks; None if it never does."""
    struck = 0
    for seconds in DURATIONS:
        struck += seconds
        log = WORK / f"{mutation.name}.{seconds}.log"
        command = [
            str(harness / "Faults"), "--tools", str(tools), "--seed", str(SEED), "--seconds", str(seconds), "--json",
            *mutation.arguments]
        with open(log, "w", encoding="utf-8") as file:
            run = subprocess.run(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=file, text=True,
                check=False)
        try:
            report = json.loads(run.stdout)
            violations = report["violations"]
            verify = report.get("verify") or {"violations": {}, "foreign": 0}
        except (ValueError, KeyError):
            raise RuntimeError(
                f"{mutation.name}: the run came to no verdict, see {log.relative_to(ROOT)}") from None
        if violations:
            found = dict(verify["violations"])
            found["unknown"] = found.get("unknown", 0) - verify["foreign"]
            return struck, (
                [f"{violation['check']} ({violation['count']})" for violation in violations]
                + [f"outbox verify: {kind} ({count})" for kind, count in sorted(found.items()) if count])
    return struck, []


def main():
    parser = argparse.ArgumentParser(
        description="Breaks the product on purpose, in a copy, and lets the fault harness find out.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="which mutations; all unless named")
    parser.add_argument("--check", action="store_true", help="only see that every edit still fits the sources")
    parser.add_argument("--list", action="store_true", help="only say what there is")
    options = parser.parse_args()
    if options.list:
        for mutation in MUTATIONS:
            print(f"{mutation.name:<16} {mutation.summary}")
        return 0
    fits = check()
    if options.check or not fits:
        return 0 if fits else 1
    known = {mutation.name for mutation in MUTATIONS}
    for name in options.names:
        if name not in known:
            parser.error(f"there is no mutation {name}; there are {', '.join(sorted(known))}")
    chosen = [mutation for mutation in MUTATIONS if not options.names or mutation.name in options.names]
    os.makedirs(WORK, exist_ok=True)
    print("Building the product as it is", file=sys.stderr, flush=True)
    harness = build("unbroken", {})
    print(f"{'mutation':<16} {'seconds':>7}  caught by", flush=True)
    missed = 0
    for mutation in chosen:
        print(f"Building and trying: {mutation.summary}", file=sys.stderr, flush=True)
        seconds, checks = catch(mutation, build(mutation.name, mutated(mutation)), harness)
        missed += not checks
        print(f"{mutation.name:<16} {seconds:>7}  {', '.join(checks) or 'NOT CAUGHT'}", flush=True)
    print(f"{len(chosen) - missed} of {len(chosen)} caught")
    return 1 if missed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except RuntimeError as failure:
        sys.exit(f"make mutations: {failure}")
