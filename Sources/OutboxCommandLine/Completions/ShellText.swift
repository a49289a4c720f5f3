extension String {
    /// In single quotes, as bash, zsh and the shell of POSIX read them.
    var quotedForShell: String { "'" + replacing("'", with: #"'\''"#) + "'" }

    /// With a backslash before each of these characters.
    func escaping(_ characters: String) -> String {
        reduce(into: "") { text, character in
            if characters.contains(character) { text.append("\\") }
            text.append(character)
        }
    }
}
