/// Which part of a list is wanted.
public struct PageRequest: Hashable, Sendable {
    /// From 1.
    public let page: Int
    /// How many there are on a page.
    public let pageSize: Int

    /// What ``page`` may be.
    public static let pages = 1...1_000_000
    /// What ``pageSize`` may be.
    public static let pageSizes = 1...200

    /// - Returns: `nil` outside ``pages`` and ``pageSizes``.
    public init?(page: Int = 1, pageSize: Int) {
        guard Self.pages.contains(page), Self.pageSizes.contains(pageSize) else { return nil }
        self.page = page
        self.pageSize = pageSize
    }

    private init(firstPageOf pageSize: Int) {
        page = 1
        self.pageSize = pageSize
    }

    /// The first 25.
    public static let first = PageRequest(firstPageOf: 25)

    var offset: Int { (page - 1) * pageSize }
}
