/// Where this project's files are.
public enum Checkout {
    /// The folder of `Package.swift`.
    public static let path: String = {
        // <checkout>/Integration/Servers/Checkout.swift
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    }()
}
