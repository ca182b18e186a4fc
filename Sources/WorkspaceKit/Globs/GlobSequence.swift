/// A pattern without braces, as a machine that reads a path once.
///
/// State `n` stands before element `n`. All states a path can be in are followed together, so that no path and no
/// pattern makes it go back (R. Cox, "Regular Expression Matching Can Be Simple And Fast", 2007).
struct GlobSequence: Sendable, Hashable {
    private enum Element: Sendable, Hashable {
        case scalar(Unicode.Scalar)
        case set(GlobSet)
        /// `?`: one character, no `/`.
        case one
        /// `*`: any number of characters, no `/`.
        case star
        /// One character, also a `/`.
        case any
        /// Any number of characters, also `/`.
        case deep
        /// Begins a `**/`, which may be left out: with `dirs`, the next element.
        case maybe
        /// Ends a `**/`: characters up to some `/`.
        case dirs
    }

    private var elements: [Element] = []

    /// The machines of a pattern without braces: one, or two when it names a directory with all below.
    static func all(of text: [Unicode.Scalar]) throws(GlobMistake) -> [GlobSequence] {
        guard text.first != "/" else { throw .absolute }
        var components = text.split(separator: "/").map(Array.init)
        guard !components.contains([".", "."]) else { throw .leaves }
        let isAnchored = components.count > 1 || text.first == "." && text.dropFirst().first == "/"
        components.removeAll { $0 == ["."] }
        guard !components.isEmpty else { throw .empty }
        let parts = isAnchored ? components : [Self.everything] + components
        let whole = try GlobSequence(parts)
        let below = try GlobSequence(parts + [Self.everything])
        if text.last == "/" { return [below] }
        return try GlobSequence(components).isLiteral ? [whole, below] : [whole]
    }

    private static let everything: [Unicode.Scalar] = ["*", "*"]

    private init(_ components: [[Unicode.Scalar]]) throws(GlobMistake) {
        for (number, component) in components.enumerated() {
            let isLast = number == components.count - 1
            switch (component, isLast) {
            case (Self.everything, true): elements += [.any, .deep]
            case (Self.everything, false): elements += [.maybe, .dirs]
            default:
                try append(component)
                if !isLast { elements.append(.scalar("/")) }
            }
        }
    }

    private mutating func append(_ component: [Unicode.Scalar]) throws(GlobMistake) {
        var index = 0
        while index < component.count {
            switch component[index] {
            case "*": if elements.last != .star { elements.append(.star) }
            case "?": elements.append(.one)
            case "[":
                elements.append(.set(try GlobSet(component, &index)))
                continue
            case "\\":
                index += 1
                guard index < component.count else { throw .openEscape }
                elements.append(.scalar(component[index]))
            default: elements.append(.scalar(component[index]))
            }
            index += 1
        }
    }

    private var isLiteral: Bool {
        elements.allSatisfy { if case .scalar = $0 { true } else { false } }
    }

    func matches(_ path: [Unicode.Scalar]) -> Bool {
        var states = [Bool](repeating: false, count: elements.count + 1)
        enter(0, &states)
        for scalar in path {
            var next = [Bool](repeating: false, count: states.count)
            for state in elements.indices where states[state] { advance(state, over: scalar, &next) }
            states = next
        }
        return states[elements.count]
    }

    /// Marks a state, and those that are reached from it without reading anything.
    private func enter(_ state: Int, _ states: inout [Bool]) {
        guard !states[state] else { return }
        states[state] = true
        guard state < elements.count else { return }
        switch elements[state] {
        case .star, .deep: enter(state + 1, &states)
        case .maybe:
            enter(state + 1, &states)
            enter(state + 2, &states)
        default: break
        }
    }

    private func advance(_ state: Int, over scalar: Unicode.Scalar, _ next: inout [Bool]) {
        let isMatch =
            switch elements[state] {
            case .scalar(let wanted): wanted == scalar
            case .set(let set): set.contains(scalar)
            case .one: scalar != "/"
            case .any: true
            case .dirs: scalar == "/"
            case .star, .deep, .maybe: false
            }
        if isMatch { enter(state + 1, &next) }
        switch elements[state] {
        case .star where scalar != "/": enter(state, &next)
        case .deep, .dirs: enter(state, &next)
        default: break
        }
    }
}
