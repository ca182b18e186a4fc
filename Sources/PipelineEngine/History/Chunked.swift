/// An array in chunks: a changed copy copies one of them, and a word for each other.
struct Chunked<Element: Sendable & Hashable>: Sendable, Hashable {
    private var chunks: [[Element]] = []
    private(set) var count = 0

    private static var size: Int { 16 }

    subscript(index: Int) -> Element {
        _read { yield chunks[index / Self.size][index % Self.size] }
        _modify { yield &chunks[index / Self.size][index % Self.size] }
    }

    mutating func append(_ element: Element) {
        if count % Self.size == 0 { chunks.append([]) }
        chunks[count / Self.size].append(element)
        count += 1
    }
}
