"""Starts processes, and ends them together with those that they have started."""

import os
import signal
import subprocess
import time
from pathlib import Path


def start(command, output, environment):
    """Starts a process whose output goes to a file. It hears nothing of Ctrl-C: whoever starts it ends it."""
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment,
        start_new_session=True)


def end(children):
    """Ends processes of ours and those they started. The tests' servers go by themselves when their parent ends."""
    below = [process_id for child in children for process_id in started_by(child.pid)]
    for child in children:
        child.send_signal(signal.SIGINT)
    deadline = time.monotonic() + 10
    for child in children:
        try:
            child.wait(timeout=max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    for process_id in below:
        try:
            os.kill(process_id, signal.SIGKILL)
        except ProcessLookupError:
            pass


def started_by(process_id):
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
