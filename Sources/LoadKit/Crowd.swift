import CLinux
import Glibc

/// Many followers of one run, played on the thread that asks for what comes about.
public final class Crowd {
    /// What has come about.
    public enum Milestone: Sendable, Hashable {
        /// Every handshake is over; so many were given the stream.
        case open(Int)
        /// All streams have ended but those that nobody reads; so many have.
        case read(Int)
        /// All streams have ended, however they did.
        case over
        /// The time is over.
        case late
        /// Whoever could have the silent ones read has gone.
        case inputClosed
    }

    public let plan: CrowdPlan
    public let followers: [Follower]
    public let delays = Delays()
    /// A line of which makes the silent ones read.
    private let input: Int32?
    private let sockets = Readable()
    private var milestones: [Milestone] = []
    /// Those that have not come yet.
    private var coming: Range<Int>
    /// Followers whose handshake is not over.
    private var asking = 0
    /// Followers whose stream has not ended; all, and without those that do not read.
    private var left: Int
    private var reading: Int

    /// Handshakes at once, fewer than a server lets wait in line.
    private static let mostAsking = 32
    private static let inputTag = UInt64.max

    /// - Parameter input: A descriptor; what epoll cannot watch, a file or /dev/null, is never closed.
    public init(_ plan: CrowdPlan, input: Int32? = nil) {
        self.plan = plan
        self.input = input
        let delays = delays
        followers = plan.groups.flatMap { group in (0..<group.count).map { _ in Follower(group, plan, delays) } }
        coming = followers.indices
        left = followers.count
        reading = followers.count { $0.group.manner != .silent }
        sluice_allow_descriptors(UInt64(followers.count + 64))
        if let input { sockets.add(input, as: Self.inputTag) }
    }

    /// Follows until something comes about.
    ///
    /// - Parameter deadline: Milliseconds of ``MonotonicClock`` after which it is ``Milestone/late``.
    public func next(by deadline: Int) -> Milestone {
        while milestones.isEmpty {
            guard left > 0 else { return .over }
            letIn()
            guard milestones.isEmpty, left > 0 else { continue }
            let rest = deadline - MonotonicClock.milliseconds
            guard rest > 0 else { return .late }
            sockets.wait(rest) { $0 == Self.inputTag ? readInput() : receive(Int($0)) }
        }
        return milestones.removeFirst()
    }

    private func readInput() {
        guard let input, read(input, sockets.buffer.baseAddress, sockets.buffer.count) > 0 else {
            milestones.append(.inputClosed)
            return
        }
        readAll()
    }

    /// Makes the silent ones read.
    public func readAll() {
        for (index, follower) in followers.enumerated() where follower.phase == .waiting {
            follower.read()
            watch(index)
        }
    }

    /// Has all of them go, without a word.
    public func leave() {
        for follower in followers where follower.connection != nil { follower.leave() }
    }

    /// Of a group, how many still follow, and the least of what one has.
    public func late(of group: Group) -> (count: Int, last: Int)? {
        let late = followers.filter { $0.group.name == group.name && $0.phase != .over }
        return late.isEmpty ? nil : (late.count, late.compactMap(\.tally.last).min() ?? 0)
    }
}

// Who comes and goes.
extension Crowd {
    /// Has some more come, so many that a server can answer.
    private func letIn() {
        while asking < Self.mostAsking, let index = coming.popFirst() {
            asking += 1
            come(index)
            settle(index, from: .asking)
        }
    }

    private func come(_ index: Int) {
        followers[index].come()
        watch(index)
    }

    private func receive(_ index: Int) {
        let follower = followers[index]
        let before = follower.phase
        follower.receive(from: sockets)
        settle(index, from: before)
    }

    /// Does what follows from a change of phase.
    private func settle(_ index: Int, from before: Follower.Phase) {
        let follower = followers[index]
        if before == .asking, follower.phase != .asking, follower.visits == 1 { arrived() }
        switch follower.phase {
        case .away:
            come(index)
            settle(index, from: .away)
        case .waiting: if let connection = follower.connection { sockets.remove(connection.number) }
        case .over: if before != .over { ended(follower) }
        case .asking, .following: break
        }
    }

    private func arrived() {
        asking -= 1
        guard asking == 0, coming.isEmpty else { return }
        milestones.append(.open(followers.count(where: \.hasOpened)))
    }

    private func ended(_ follower: Follower) {
        left -= 1
        guard follower.group.manner != .silent else { return }
        reading -= 1
        if reading == 0, left > 0 { milestones.append(.read(followers.count - left)) }
    }

    private func watch(_ index: Int) {
        guard let connection = followers[index].connection else { return }
        sockets.add(connection.number, as: UInt64(index))
    }
}
