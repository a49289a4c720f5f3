/// What a reader wants to see applied before the answer: an aggregate's event, by its sequence.
public struct MinimumSequence: Hashable, Sendable {
    /// A code, or an assignment's id.
    public var aggregateID: String
    public var sequence: Int64

    /// The most that can be asked for at once.
    public static let maximumCount = 20

    public init(aggregateID: String, sequence: Int64) {
        self.aggregateID = aggregateID
        self.sequence = sequence
    }

    /// Reads `<aggregate id>=<sequence>`.
    ///
    /// - Returns: `nil` for any other text.
    public init?(_ text: some StringProtocol) {
        guard let equals = text.lastIndex(of: "=") else { return nil }
        let id = text[..<equals]
        let digits = text[text.index(after: equals)...]
        guard (1...64).contains(id.utf8.count), id.utf8.allSatisfy(Self.isIdentifierByte), digits.utf8.count <= 19,
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let sequence = Int64(digits)
        else { return nil }
        self.init(aggregateID: String(id), sequence: sequence)
    }

    private static func isIdentifierByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// Reads a list, separated by commas: the header `X-Min-Sequence`.
    ///
    /// - Returns: `nil` when one of them can't be read, or there are more than ``maximumCount``.
    public static func list(_ text: String) -> [MinimumSequence]? {
        let parts = text.split(separator: ",", maxSplits: maximumCount, omittingEmptySubsequences: false)
        guard parts.count <= maximumCount else { return nil }
        var list: [MinimumSequence] = []
        for part in parts {
            guard let minimum = MinimumSequence(part.trimming(while: { $0 == " " || $0 == "\t" })) else { return nil }
            list.append(minimum)
        }
        return list
    }
}

extension Substring {
    fileprivate func trimming(while isBlank: (Character) -> Bool) -> Substring {
        var text = self.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return text
    }
}
