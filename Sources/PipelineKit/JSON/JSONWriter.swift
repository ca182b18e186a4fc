/// Writes a JSON document into bytes, piece by piece, with no tree in between.
///
/// ```swift
/// var writer = JSONWriter()
/// writer.object {
///     $0.member("tool", "bash_exec")
///     $0.member("arguments") { $0.array { $0.write("-l") } }
/// }
/// ```
///
/// Members stand in the order they are written in; a ``JSONValue`` writes its own sorted. Whoever writes sees to it that
/// an object gets members and a list gets values.
public struct JSONWriter: Sendable {
    /// What has been written so far, UTF-8.
    public private(set) var bytes: [UInt8] = []
    private let form: JSONForm
    private var depth = 0
    private var place = Place.first

    /// Where the next value will stand.
    private enum Place {
        case first
        case afterKey
        case afterValue
    }

    /// - Parameter capacity: bytes to set aside at once.
    public init(_ form: JSONForm = .compact, capacity: Int = 256) {
        self.form = form
        bytes.reserveCapacity(capacity)
    }

    public mutating func writeNull() {
        beginValue()
        bytes.append(contentsOf: "null".utf8)
    }

    public mutating func write(_ value: Bool) {
        beginValue()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    public mutating func write(_ number: Int) {
        beginValue()
        if form == .canonical, number.magnitude > 1 << 53 {
            bytes.append(contentsOf: JSONNumber.ecmaScript(Double(number)).utf8)
        } else {
            bytes.append(contentsOf: String(number).utf8)
        }
    }

    /// Writes a number; ``JSONValue/encoded(_:)`` says what becomes of infinities and of not-a-number.
    public mutating func write(_ number: Double) {
        guard number.isFinite else { return write(JSONNumber.name(ofNonFinite: number)) }
        beginValue()
        let text = form == .canonical ? JSONNumber.ecmaScript(number) : number.description
        bytes.append(contentsOf: text.utf8)
    }

    public mutating func write(_ text: String) {
        beginValue()
        bytes.appendJSONString(text)
    }

    /// Writes a value that is JSON already, as it stands.
    public mutating func write(encoded value: [UInt8]) {
        beginValue()
        bytes += value
    }

    /// Writes a key; its value must be written next.
    public mutating func key(_ name: String) {
        beginValue()
        bytes.appendJSONString(name)
        bytes.append(UInt8(ascii: ":"))
        if form == .pretty { bytes.append(UInt8(ascii: " ")) }
        place = .afterKey
    }

    public mutating func object(_ members: (inout JSONWriter) -> Void) {
        begin(UInt8(ascii: "{"))
        members(&self)
        end(UInt8(ascii: "}"))
    }

    public mutating func array(_ elements: (inout JSONWriter) -> Void) {
        begin(UInt8(ascii: "["))
        elements(&self)
        end(UInt8(ascii: "]"))
    }
}

// Separators and indentation.
extension JSONWriter {
    mutating func begin(_ bracket: UInt8) {
        beginValue()
        bytes.append(bracket)
        depth += 1
        place = .first
    }

    mutating func end(_ bracket: UInt8) {
        depth -= 1
        if place != .first { breakLine() }
        bytes.append(bracket)
        place = .afterValue
    }

    private mutating func beginValue() {
        switch place {
        case .first: if depth > 0 { breakLine() }
        case .afterKey: break
        case .afterValue:
            bytes.append(UInt8(ascii: ","))
            breakLine()
        }
        place = .afterValue
    }

    private mutating func breakLine() {
        guard form == .pretty else { return }
        bytes.append(0x0A)
        bytes.append(contentsOf: repeatElement(0x20, count: 2 * depth))
    }
}
