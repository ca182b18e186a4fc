extension String {
    /// What the other side said, for people and models to read: without what moves a cursor, hides or reorders (Unicode
    /// TR 36, section 2), and short; line ends and tabs stay.
    ///
    /// - Parameter most: Scalars that stay; what is longer ends in an ellipsis.
    public func harmless(most: Int) -> String {
        let scalars = unicodeScalars.lazy.filter { !isHidden($0) }.prefix(most + 1)
        let clean = String(String.UnicodeScalarView(scalars.prefix(most)))
        return scalars.count > most ? clean + "…" : clean
    }
}

private func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control: scalar != "\n" && scalar != "\t"
    case .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate: true
    case .format: scalar != "\u{200C}" && scalar != "\u{200D}"
    default: false
    }
}
