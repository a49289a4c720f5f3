import FoundationEssentials
import Servers
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("Processes started by tests")
struct ChildProcessTests {
    @Test("output, errors, environment and exit code arrive")
    func output() async throws {
        let child = try ChildProcess(
            "sh", ["-c", #"echo "out $A"; echo "err" >&2; exit 3"#], environment: ["A": "b", "HOME": nil])
        #expect(try await child.waitForExit(within: .seconds(30)) == .exited(3))
        #expect(child.output.text == "out b\n")
        #expect(child.errorOutput.text == "err\n")
        await #expect(throws: ServerError.self) { try await child.waitForSuccess(within: .seconds(1)) }
    }

    @Test("a line is awaited, a signal arrives")
    func signals() async throws {
        let child = try ChildProcess(
            "sh", ["-c", "trap 'echo caught; exit 0' USR1; echo ready; while :; do sleep 0.05; done"])
        try await child.waitForLine(containing: "ready", in: .output, within: .seconds(30))
        child.send(SIGUSR1)
        try await child.waitForLine(containing: "caught", in: .output, within: .seconds(30))
        #expect(try await child.waitForExit(within: .seconds(30)) == .exited(0))
        let killed = try ChildProcess("sleep", ["600"])
        #expect(killed.kill() == .signalled(SIGKILL))
    }

    @Test("a line that can't come any more is an error that shows the output")
    func missingLine() async throws {
        let child = try ChildProcess("sh", ["-c", "echo something else >&2"])
        let error = await #expect(throws: ServerError.self) {
            try await child.waitForLine(containing: "ready", within: .seconds(30))
        }
        #expect(error?.code == .exited)
        #expect(error?.message.contains("something else") == true)
    }

    @Test("gets no open files of ours but the standard ones")
    func descriptors() async throws {
        let descriptor = open("/dev/null", O_RDONLY)
        defer { close(descriptor) }
        let child = try ChildProcess("ls", ["/proc/self/fd"])
        try await child.waitForSuccess(within: .seconds(30))
        // The fourth is the folder that ls reads.
        #expect(child.output.lines().map(\.text) == ["0", "1", "2", "3"])
    }

    @Test("neither a child nor a folder outlives a parent that is killed")
    func parentKilled() async throws {
        let result = await #expect(
            processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]
        ) {
            let server = try await PostgresServer.start()
            let sleeper = try ChildProcess("sleep", ["600"])
            let ended = try ChildProcess("true")
            try await ended.waitForSuccess(within: .seconds(30))
            let folder = try TemporaryFolder()
            print("PIDS", try #require(server.processID), sleeper.processID)
            print("FOLDERS", server.log.path, sleeper.output.path, folder.path)
            fflush(nil)
            kill(getpid(), SIGKILL)
        }
        let text = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
        let words = { (name: String) in
            text.split(separator: "\n").first { $0.hasPrefix(name) }?.split(separator: " ").dropFirst().map(String.init)
        }
        let processIDs = try #require(words("PIDS")).compactMap { pid_t($0) }
        let paths = try #require(words("FOLDERS"))
        #expect(processIDs.count == 2 && paths.count == 3)
        try await eventually(within: .seconds(60), "all processes are gone") {
            processIDs.allSatisfy { kill($0, 0) != 0 || isZombie($0) }
        }
        try await eventually(within: .seconds(60), "all folders are gone") {
            paths.allSatisfy { !FileManager.default.fileExists(atPath: $0) }
        }
    }

    /// In a container without an init process nobody collects an orphan's exit status.
    private func isZombie(_ processID: pid_t) -> Bool {
        let status = (try? String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8)) ?? ""
        return status.contains(") Z ")
    }
}
