import PipelineEngine
import PipelineKit

/// How far people have been told of one question: a value, kept as a record while the question is open.
struct Telling: Sendable, Hashable {
    static let collection = "m.pushes"

    /// When people are told, counted from when the question was asked.
    static let moments: [Duration] = [.zero, .seconds(15 * 60), .seconds(60 * 60)]

    var askedAt: Instant
    /// How many of the moments are used up, from 0 to 3: those that passed while nobody was there to tell count too.
    var used = 0

    init(askedAt: Instant) { self.askedAt = askedAt }

    /// When people are to be told next; `nil` when they have been told often enough.
    var due: Instant? { used < Self.moments.count ? askedAt + Self.moments[used] : nil }

    /// How it is once people have been told now; `nil` when they are not to be told yet, or not any more.
    func told(at now: Instant) -> Telling? {
        // A question is told at once, also one that another clock says is to be asked in a while.
        guard let due, used == 0 || due <= now else { return nil }
        var next = self
        next.used = max(1, Self.moments.count { askedAt + $0 <= now })
        return next
    }

    /// Which of the moments people were told at last: 0, 1 or 2.
    var level: Int { max(0, used - 1) }
}

extension Telling {
    /// - Returns: `nil` for a record that is something else.
    init?(_ record: StoredRecord) {
        guard let asked = record.body["asked_at"]?.integer, let used = record.body["used"]?.integer,
            (0...Self.moments.count).contains(used)
        else { return nil }
        askedAt = Instant(milliseconds: asked)
        self.used = used
    }

    /// As it is kept.
    var body: JSONValue { ["asked_at": .int(askedAt.milliseconds), "used": .int(used)] }
}
