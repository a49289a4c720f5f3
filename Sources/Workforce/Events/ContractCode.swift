/// A code of the contract, one of a list that may grow.
///
/// Writers use the known ones only (the schemas see to it); readers accept any, so that a consumer of today does not
/// stop at a value that a producer of tomorrow adds.
public protocol ContractCode: RawRepresentable, Codable, Hashable, Sendable, CustomStringConvertible
where RawValue == String {
    init(rawValue: String)
    /// The values of this version of the contract.
    static var known: [Self] { get }
}

extension ContractCode {
    /// Whether this version of the contract knows the value.
    public var isKnown: Bool { Self.known.contains(self) }
    public var description: String { rawValue }
}
