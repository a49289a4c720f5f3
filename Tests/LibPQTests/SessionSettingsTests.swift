import Testing

@testable import LibPQ

@Suite("Settings of a session")
struct SessionSettingsTests {
    @Test("they are quoted, and said in three ways")
    func scripts() {
        let configuration = PQConfiguration(
            url: "", statementTimeout: .seconds(2), sessionSettings: ["jit": "off", #"a"b"#: "it's"])
        #expect(
            configuration.sessionScript
                == #"SET "a""b" = 'it''s'; SET "jit" = 'off'; SET "statement_timeout" = '2000'"#)
        #expect(
            configuration.transactionScript
                == #"SET LOCAL "a""b" = 'it''s'; SET LOCAL "jit" = 'off'; SET LOCAL "statement_timeout" = '2000'"#)
        #expect(
            configuration.transactionSettingsQuery
                == #"SELECT set_config('a"b', 'it''s', TRUE), set_config('jit', 'off', TRUE), "#
                + "set_config('statement_timeout', '2000', TRUE)")
    }

    @Test("where there are none, nothing is said")
    func none() {
        let configuration = PQConfiguration(url: "")
        #expect(configuration.sessionScript.isEmpty && configuration.transactionScript.isEmpty)
        #expect(configuration.transactionSettingsQuery == nil)
    }
}
