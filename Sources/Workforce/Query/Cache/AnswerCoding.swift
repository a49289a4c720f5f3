import FoundationEssentials

/// How answers are written for the cache, whoever stores them.
enum AnswerCoding {
    static func encode(_ answer: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(answer))
    }

    static func decode<Answer: Decodable>(_ bytes: [UInt8]) throws -> Answer {
        try JSONDecoder().decode(Answer.self, from: Data(bytes))
    }
}
