/// How a follower behaves.
public enum Manner: String, CaseIterable, Sendable {
    /// Reads what comes; comes back with what it has when it was cut off.
    case healthy
    /// Reads nothing behind the handshake before it is told to.
    case silent
    /// Leaves by a reset after some events, or after some time, and comes back with what it has, again and again.
    case restless
}

/// What a follower follows a run by.
public enum Form: String, CaseIterable, Sendable {
    /// `/api/v1/runs/ID/socket`
    case socket
    /// `/api/v1/runs/ID/stream`
    case events
    /// `/api/ws/ID` of retrAI, where an event may be several messages, or none.
    case retrai
}

/// Followers that do the same.
public struct Group: Sendable {
    public var manner: Manner
    public var form: Form
    public var count: Int

    public init(_ manner: Manner, _ form: Form, _ count: Int) {
        self.manner = manner
        self.form = form
        self.count = count
    }

    /// `restless:events`
    public var name: String { "\(manner.rawValue):\(form.rawValue)" }
}

/// What a crowd is to do.
public struct CrowdPlan: Sendable {
    /// Of a server on this machine.
    public var port: Int
    public var run: String
    /// Of each manner and form one at most.
    public var groups: [Group]
    /// Messages that a restless follower takes before it leaves; it takes all of an event then.
    public var most = 113
    /// Milliseconds after which it leaves whatever it has taken.
    public var stay = Int.max
    /// Bytes that the system keeps for a silent follower.
    public var buffer = 4096
    /// Whether the events say when they were told; see ``Delays``.
    public var isTimed = false

    public init(port: Int, run: String, groups: [Group]) {
        self.port = port
        self.run = run
        self.groups = groups
    }
}
