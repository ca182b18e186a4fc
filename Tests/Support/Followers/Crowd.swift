import CLinux
import Glibc
import PipelineKit

/// The followers, on the one thread that there is.
final class Crowd {
    /// What it ended with.
    enum End {
        case streams
        case time
        case input
    }

    let order: Order
    let followers: [Follower]
    private let epoll = sluice_epoll_new()
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
    private let deadline: Int
    /// Those that have not come yet.
    private var coming: Range<Int>
    /// Followers whose handshake is not over.
    private var asking = 0
    /// Followers whose stream has not ended; all, and without those that do not read.
    private var left: Int
    private var reading: Int
    private var isInputClosed = false

    /// Handshakes at once, fewer than a server lets wait in line.
    private static let mostAsking = 32
    private static let inputTag = UInt64.max

    init(_ order: Order) throws(Failure) {
        self.order = order
        followers = order.groups.flatMap { group in (0..<group.count).map { _ in Follower(group, order) } }
        coming = followers.indices
        left = followers.count
        reading = followers.count { $0.group.manner != .silent }
        deadline = Self.clock() + order.seconds * 1000
        sluice_allow_descriptors(UInt64(followers.count + 64))
        // What epoll cannot watch, a file or /dev/null, is never closed.
        _ = sluice_epoll_add(epoll, STDIN_FILENO, UInt32(SLUICE_READABLE), Self.inputTag)
    }

    deinit {
        buffer.deallocate()
        close(epoll)
    }

    /// Follows until there is nothing left to follow.
    func follow() -> End {
        while left > 0 {
            guard !isInputClosed else { return .input }
            letIn()
            guard left > 0 else { break }
            let rest = deadline - Self.clock()
            guard rest > 0 else { return .time }
            wait(rest)
        }
        return .streams
    }

    private func wait(_ milliseconds: Int) {
        withUnsafeTemporaryAllocation(of: sluice_ready.self, capacity: 256) { ready in
            guard let first = ready.baseAddress else { return }
            let count = sluice_epoll_wait(epoll, first, 256, Int32(clamping: milliseconds))
            for event in ready.prefix(max(Int(count), 0)) {
                event.tag == Self.inputTag ? readInput() : receive(Int(event.tag))
            }
        }
    }

    /// Any line makes the silent ones read.
    private func readInput() {
        guard read(STDIN_FILENO, buffer.baseAddress, buffer.count) > 0 else {
            isInputClosed = true
            return
        }
        for (index, follower) in followers.enumerated() where follower.phase == .waiting {
            follower.read()
            watch(index)
        }
    }

    /// What is missing of a group, in a sentence.
    func missing(of group: Group, at end: End) -> String? {
        let late = followers.filter { $0.group.name == group.name && $0.phase != .over }
        guard !late.isEmpty else { return nil }
        let when = end == .time ? "After \(order.seconds) s" : "When the input was closed"
        let last = late.compactMap(\.tally.last).min() ?? 0
        return "\(when), \(late.count) of \(group.count) followers '\(group.name)' still followed, one from \(last) on."
    }

    /// Milliseconds of the monotonic clock.
    static func clock() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
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
        follower.receive(into: buffer)
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
        case .waiting: if let connection = follower.connection { _ = sluice_epoll_remove(epoll, connection.number) }
        case .over: if before != .over { ended(follower) }
        case .asking, .following: break
        }
    }

    private func arrived() {
        asking -= 1
        if asking == 0, coming.isEmpty {
            Report.print(["open": .int(followers.count(where: \.hasOpened))])
        }
    }

    private func ended(_ follower: Follower) {
        left -= 1
        guard follower.group.manner != .silent else { return }
        reading -= 1
        if reading == 0, left > 0 { Report.print(["read": .int(followers.count - left)]) }
    }

    private func watch(_ index: Int) {
        guard let connection = followers[index].connection else { return }
        _ = sluice_epoll_add(epoll, connection.number, UInt32(SLUICE_READABLE), UInt64(index))
    }
}
