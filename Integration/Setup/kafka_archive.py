"""Lets the brokers of the tests start in half the time: Java finds Kafka's classes in a file, ready for use."""
import os
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
offsets.topic.replication.factor=1
log.dirs={folder}/data
"""


def make(home, archive):
    """Starts a broker once, and has Java write the classes that it needed into the file `archive` when it ends.

    Returns the flag that makes Java use them; nothing where that did not work, since it only saves time.
    """
    # Flags come to Java through a variable, between spaces.
    if " " in str(archive):
        return None
    archive.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        try:
            run_broker(home, folder, f"-XX:ArchiveClassesAtExit={archive}")
        except (OSError, subprocess.SubprocessError, TimeoutError):
            return None
    return f"-XX:SharedArchiveFile={archive}" if archive.exists() else None


def run_broker(home, folder, flag):
    properties = Path(folder) / "server.properties"
    port, controller = free_ports()
    properties.write_text(PROPERTIES.format(port=port, controller=controller, folder=folder))
    subprocess.run(
        java(home, [], "kafka.tools.StorageTool", "format", "-t", "AAAAAAAAAAAAAAAAAAAAAA", "-c", str(properties)),
        check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)
    log = Path(folder) / "log"
    with open(log, "wb") as output:
        broker = subprocess.Popen(
            java(home, [flag, "-Dlog4j2.level=INFO"], "kafka.Kafka", str(properties)), stdin=subprocess.DEVNULL,
            stdout=output, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + 60
        while "Kafka Server started" not in log.read_text(errors="replace"):
            if broker.poll() is not None or time.monotonic() > deadline:
                raise TimeoutError
            time.sleep(0.05)
        broker.terminate()
        broker.wait(timeout=60)
    finally:
        broker.kill()
        broker.wait()


def java(home, flags, *arguments):
    program = f"{os.environ['JAVA_HOME']}/bin/java" if os.environ.get("JAVA_HOME") else "java"
    return [program, "-Xmx256m", "-XX:+UseSerialGC", *flags, "-cp", f"{home}/libs/*", *arguments]


def free_ports():
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        return one.getsockname()[1], other.getsockname()[1]
