import Foundation
import Servers
import Testing

/// The Debian package of the tool as it was built for the tests.
struct BuiltPackage {
    private let folder: TemporaryFolder
    let path: String

    private static let made = Task { try await make() }

    /// One for all tests.
    static func shared() async throws -> BuiltPackage { try await made.value }

    static func make() async throws -> BuiltPackage {
        let folder = try TemporaryFolder()
        let script = try ChildProcess(
            "\(Checkout.path)/Integration/Packaging/package.sh", [try BuiltTool.outbox.path, folder.path],
            environment: ["SOURCE_DATE_EPOCH": "1767225600", "DPKG_DEB_COMPRESSOR_TYPE": "gzip"])
        try await script.waitForSuccess(within: .seconds(120))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        return BuiltPackage(
            folder: folder, path: "\(folder.path)/\(try #require(names.first { $0.hasSuffix(".deb") }))")
    }

    /// Whether packages can be made here.
    static func canBeMade() -> Bool {
        ["/usr/bin/dpkg-deb", "/usr/bin/dpkg-shlibdeps", "/usr/bin/strip"].allSatisfy {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips the test where no Debian package can be made.
    static var requiresDpkg: Self {
        .enabled("needs dpkg-deb, dpkg-shlibdeps and strip") { BuiltPackage.canBeMade() }
    }
}
