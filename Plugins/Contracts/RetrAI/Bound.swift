import PipelineKit

/// How much of a text goes into a stream; all of it is in the history, and in artifacts.
enum Bound {
    /// Characters.
    static let text = 8_000
    /// Characters; retrAI's own server sends this much of an output.
    static let excerpt = 500
    static let failures = 50
    /// Bytes of arguments that are sent as they are.
    private static let arguments = 16_000

    /// The arguments of a call, long texts among them cut; as text when they are no JSON, or still too long.
    static func arguments(_ text: String) -> JSONValue {
        guard let json = try? JSONValue(parsing: text) else { return .string(text.cut(to: Self.text)) }
        guard text.utf8.count > arguments else { return json }
        let short = JSONValue.object(json.members.mapValues { $0.text.map { .string($0.cut(to: 2_000)) } ?? $0 })
        let fits = short.encoded().count <= arguments && json.members.count > 0
        return fits ? short : .string(text.cut(to: Self.text))
    }
}

extension String {
    /// The text, or its beginning and what is left of it in words.
    func cut(to limit: Int) -> String {
        guard utf8.count > limit else { return self }
        let scalars = unicodeScalars
        guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
            end < scalars.endIndex
        else { return self }
        return self[..<end] + "… (\(utf8.distance(from: end, to: utf8.endIndex)) bytes more)"
    }
}

extension Money {
    /// As JSON has it for people who count in dollars; not exact.
    var dollars: Double { Double(nanodollars) / 1e9 }
}

extension Limits {
    /// Those that are set, in words.
    var written: String {
        let parts = [
            "\(iterations) iteration\(iterations == 1 ? "" : "s")", cost.map { "\($0)" }, tokens.map { "\($0) tokens" },
            wall.map(\.written),
        ]
        return parts.compactMap(\.self).joined(separator: ", ")
    }
}

extension HumanPolicy.Moment {
    /// The moment in words: `after failed check`.
    var words: String { rawValue.split(separator: "_").joined(separator: " ") }
}
