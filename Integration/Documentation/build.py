#!/usr/bin/env python3
"""Builds the documentation of a package that has been built (swift build) as a static site.

A symbol graph of each library product is taken from its compiled module, docc makes an archive of each with its
catalogue, one more of the articles, and merges them. Whatever docc warns of (a broken link, a parameter without
documentation) fails it, and so does a public symbol without documentation.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ARTICLES = ROOT / "Integration/Documentation/SwiftOutbox.docc"
# A module may link to symbols of those before it.
MODULES = [
    "LibPQ", "OutboxTelemetry", "Outbox", "OutboxDispatcher", "QueryCache", "QueryCacheRedis", "IdempotentConsumer"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=ROOT / ".build/docs", help="the site's folder, made anew")
    parser.add_argument("--hosting-base-path", default="", help="the path below which a server will have the site")
    arguments = parser.parse_args()
    start = time.monotonic()
    target = json.loads(run("swift", "-print-target-info"))
    toolchain = Path(target["paths"]["runtimeResourcePath"]).parents[1]
    docc = shutil.which("docc", path=f"{toolchain / 'bin'}:{os.environ['PATH']}")
    if not docc:
        sys.exit("error: the Swift toolchain has no docc")
    if not (toolchain / "share/docc/render/index.html").exists() and "DOCC_HTML_DIR" not in os.environ:
        sys.exit(
            f"error: {toolchain}/share/docc/render is missing, the pages' template that comes with Swift's toolchains; "
            "name another one in DOCC_HTML_DIR")

    work = arguments.output.with_name(arguments.output.name + "-work")
    shutil.rmtree(work, ignore_errors=True)
    archives = []
    undocumented = []
    for module in MODULES:
        graphs = extract(toolchain, target["target"]["unversionedTriple"], module, work / "graphs" / module)
        undocumented += missing(graphs)
        archives.append(convert(docc, ROOT / f"Sources/{module}/{module}.docc", work, archives, graphs, arguments))
    if undocumented:
        sys.exit("error: public symbols without documentation:\n  " + "\n  ".join(undocumented))
    whole = convert(docc, ARTICLES, work, archives, None, arguments)
    shutil.rmtree(arguments.output, ignore_errors=True)
    run(
        docc, "merge", whole, *archives, "--output-path", arguments.output, "--synthesized-landing-page-name",
        "swift-outbox")
    shutil.rmtree(work)
    # The site's root has no page of docc's own.
    first = "/".join(["", *arguments.hosting_base_path.strip("/").split("/"), "documentation/swiftoutbox/"])
    first = first.replace("//", "/")
    (arguments.output / "index.html").write_text(
        f'<!doctype html><meta charset="utf-8"><title>swift-outbox</title><meta http-equiv="refresh" '
        f'content="0; url={first}"><a href="{first}">swift-outbox</a>\n')
    files = [file for file in arguments.output.rglob("*") if file.is_file()]
    size = sum(file.stat().st_size for file in files) / 2**20
    pages = sum(file.suffix == ".html" for file in files)
    print(f"{arguments.output}: {pages} pages, {size:.0f} MiB, in {time.monotonic() - start:.0f} s")
    print(f"To read it: python3 -m http.server --bind 127.0.0.1 --directory {arguments.output} 8000")


def extract(toolchain, triple, module, folder):
    """Writes a module's symbol graph. Its C modules have to be found as they were when it was compiled."""
    folder.mkdir(parents=True)
    maps = [f"-fmodule-map-file={file}" for file in sorted(ROOT.glob("Sources/C*/module.modulemap"))]
    flags = run_if_possible("pkg-config", "--cflags", "libpq", "rdkafka").split()
    compiler = [word for flag in maps + flags for word in ("-Xcc", flag)]
    run(
        toolchain / "bin/swift-symbolgraph-extract", "-module-name", module, "-target", triple,
        "-I", ROOT / ".build/debug/Modules", *compiler, "-output-dir", folder, "-minimum-access-level", "public",
        "-skip-synthesized-members")
    return folder


def missing(folder):
    """The symbols without documentation. What has no place in a file was made by the compiler or a macro."""
    for file in sorted(folder.glob("*.symbols.json")):
        for symbol in json.loads(file.read_text())["symbols"]:
            if "docComment" not in symbol and "location" in symbol:
                place = symbol["location"]
                path = place["uri"].removeprefix("file://").removeprefix(f"{ROOT}/")
                yield f"{path}:{place['position']['line'] + 1}: {'.'.join(symbol['pathComponents'])}"


def convert(docc, catalogue, work, dependencies, graphs, arguments):
    """Makes an archive of a catalogue, which may link to what is in others."""
    archive = work / f"{catalogue.stem}.doccarchive"
    options = ["--output-path", archive, "--fallback-bundle-identifier", catalogue.stem, "--warnings-as-errors"]
    options += ["--fallback-default-module-kind", "Library", "--enable-experimental-external-link-support"]
    options += ["--transform-for-static-hosting"]
    if arguments.hosting_base_path:
        options += ["--hosting-base-path", arguments.hosting_base_path]
    if graphs:
        options += ["--additional-symbol-graph-dir", graphs]
    for dependency in dependencies:
        options += ["--dependency", dependency]
    run(docc, "convert", catalogue, *options)
    return archive


def run(*command):
    result = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{result.stdout}{result.stderr}error: {Path(command[0]).name} failed")
    return result.stdout


def run_if_possible(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout
    except OSError:
        return ""


if __name__ == "__main__":
    main()
