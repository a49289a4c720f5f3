import FoundationEssentials

/// What the user's terminal can show.
enum TerminalLocale {
    /// By the variables that decide, the first that is set.
    static var isUTF8: Bool {
        let environment = ProcessInfo.processInfo.environment
        let name = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        return name.lowercased().filter { $0 != "-" }.contains("utf8")
    }
}
