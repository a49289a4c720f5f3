/// A shell that completion scripts can be made for.
public enum Shell: String, Sendable, CaseIterable {
    case bash, zsh, fish

    /// The script that completes a tool's commands, its options and settings, and values where there are only a few.
    ///
    /// - Parameter root: the tool itself with its subcommands.
    public func completionScript(for root: Command) -> String {
        switch self {
        case .bash: BashCompletion(root: root).script
        case .zsh: ZshCompletion(root: root).script
        case .fish: FishCompletion(root: root).script
        }
    }
}
