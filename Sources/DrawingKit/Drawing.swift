/// A pipeline as boxes, and what stands before what.
public struct Drawing: Sendable, Hashable {
    /// Something that is done.
    public struct Box: Sendable, Hashable {
        /// What kind of thing is done; pictures that have shapes show it by them.
        public enum Kind: String, Sendable, Hashable, CaseIterable {
            case model
            case gate
            case question
            case pipeline
            case end
        }

        /// By which other boxes need it; no two boxes have the same.
        public var id: String
        public var kind: Kind
        /// What is written into it; the first is its name. They may hold anything, control characters too.
        public var lines: [String]
        /// The boxes that stand before it.
        public var needs: [String]
        /// What is written into it when no lines lead to it from what it needs; `nil` when there is no need to.
        public var told: String?

        public init(_ id: String, _ kind: Kind, _ lines: [String], needs: [String] = [], told: String? = nil) {
            self.id = id
            self.kind = kind
            self.lines = lines
            self.needs = needs
            self.told = told
        }
    }

    /// The way back from the end, when it is gone again.
    public struct Return: Sendable, Hashable {
        /// The boxes with which it begins again.
        public var to: [String]
        public var words: String

        public init(to: [String], words: String) {
            self.to = to
            self.words = words
        }
    }

    /// Each behind all that it needs.
    public var boxes: [Box]
    /// From the last box; `nil` when it is gone through once.
    public var back: Return?

    public init(_ boxes: [Box], back: Return? = nil) {
        self.boxes = boxes
        self.back = back
    }

    /// For each box, how many stand before it in the longest row of boxes of which each needs the one before.
    var depths: [Int] {
        var depths: [String: Int] = [:]
        for box in boxes { depths[box.id] = box.needs.map { (depths[$0] ?? 0) + 1 }.max() ?? 0 }
        return boxes.map { depths[$0.id] ?? 0 }
    }
}
