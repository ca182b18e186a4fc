public import PipelineKit

/// What became of the followers of one group: of each figure, how many of them have it.
///
/// `{"group":"healthy:socket","followers":14,"first":{"1":14},"last":{"420":14},"messages":{"420":14},"skipped":{"0":14},
/// "repeated":{"0":14},"endings":{"1000":14},"visits":14,"tellings":1}`
public struct GroupReport {
    private let group: Group
    private let followers: [Follower]

    /// - Parameter followers: Those of all groups.
    public init(of group: Group, _ followers: [Follower]) {
        self.group = group
        self.followers = followers.filter { $0.group.name == group.name }
    }

    public var json: JSONValue {
        [
            "group": .string(group.name), "followers": .int(followers.count),
            "first": count { $0.tally.first ?? 0 }, "last": count { $0.tally.last ?? 0 },
            "messages": count(\.tally.messages), "skipped": count(\.tally.skipped),
            "repeated": count(\.tally.repeated), "endings": count { $0.ending ?? "none" },
            "visits": .int(followers.reduce(0) { $0 + $1.visits }),
            "tellings": .int(Set(followers.map(\.tally.checksum)).count),
        ]
    }

    private func count(_ value: (Follower) -> some Hashable & CustomStringConvertible) -> JSONValue {
        .object(Dictionary(grouping: followers) { value($0).description }.mapValues { .int($0.count) })
    }
}
