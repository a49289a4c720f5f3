import Foundation
import Servers
import Testing

@Suite("Packaging: the Debian package", .requiresDpkg, .serialized)
struct PackageTests {
    @Test("the same program gives the same package, byte by byte")
    func reproducible() async throws {
        let packages = [try await BuiltPackage.shared(), try await BuiltPackage.make()]
        let bytes = try packages.map { try Data(contentsOf: URL(filePath: $0.path)) }
        #expect(bytes[0] == bytes[1])
    }

    @Test("it holds what operators expect, for root only where secrets stand, and needs the libraries that it links")
    func contents() async throws {
        let package = try await BuiltPackage.shared()
        let listing = try await Self.output("dpkg-deb", ["--contents", package.path])
        for (mode, path) in [
            ("-rwxr-xr-x", "usr/bin/outbox"), ("-rw-r-----", "etc/default/outbox"),
            ("-rw-r--r--", "lib/systemd/system/outbox-dispatcher.service"),
            ("-rw-r--r--", "lib/systemd/system/outbox-dispatcher@.service"),
            ("-rw-r--r--", "usr/share/man/man1/outbox.1.gz"),
            ("-rw-r--r--", "usr/share/bash-completion/completions/outbox"),
            ("-rw-r--r--", "usr/share/zsh/vendor-completions/_outbox"),
            ("-rw-r--r--", "usr/share/fish/vendor_completions.d/outbox.fish"),
            ("-rw-r--r--", "usr/share/doc/outbox/copyright"),
            ("-rw-r--r--", "usr/share/doc/outbox/changelog.Debian.gz"),
        ] {
            #expect(
                listing.split(separator: "\n").contains {
                    $0.hasPrefix("\(mode) root/root") && $0.hasSuffix(" ./\(path)")
                },
                "\(mode) \(path)")
        }
        let fields = try await Self.output("dpkg-deb", ["--field", package.path])
        let version = try await Self.output(try BuiltTool.outbox.path, ["--version"])
        let number = try #require(version.split(whereSeparator: \.isWhitespace).last)
        #expect(fields.contains("\nVersion: \(number)-1\n"))
        for library in ["libpq5", "librdkafka1", "libmicrohttpd", "libc6"] {
            #expect(fields.contains(library), "\(library) is not in:\n\(fields)")
        }
    }

    @Test("lintian finds no error in it", .requires(program: "lintian"))
    func lintian() async throws {
        let package = try await BuiltPackage.shared()
        // The libraries of Swift are not in packages: what the tests build is not linked statically.
        let check = try ChildProcess(
            "lintian",
            ["--allow-root", "--fail-on", "error", "--suppress-tags", "custom-library-search-path", package.path])
        #expect(try await check.waitForExit(within: .seconds(120)).isSuccess, "\(check.output.text)")
    }

    private static func output(_ program: String, _ arguments: [String]) async throws -> String {
        let process = try ChildProcess(program, arguments)
        try await process.waitForSuccess(within: .seconds(60))
        return process.output.text
    }
}
