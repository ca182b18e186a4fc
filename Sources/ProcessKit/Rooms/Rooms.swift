import CLinux
import Glibc
import PipelineKit
import Synchronization

/// The rooms of this process, each made when a command first needs it.
final class Rooms: Sendable {
    static let shared = Rooms()

    /// How many are kept; each has a small process.
    private static let most = 64

    private struct State {
        var places: [Confinement: RoomPlace] = [:]
        /// Those of ``places``, the one that was used last at the end.
        var order: [Confinement] = []
    }

    private let state = Mutex(State())

    /// Has a command started in the room of its confinement.
    ///
    /// - Returns: the room, to be held until the command has ended.
    /// - Throws: ``Failure/Kind/missing`` without bubblewrap, ``Failure/Kind/unavailable`` when it makes no room.
    func start(_ launch: UnsafePointer<sluice_launch>, in confinement: Confinement) throws(Failure) -> Room {
        let room = try place(of: confinement).room(for: confinement)
        if try room.start(launch) { return room }
        close(confinement)  // its launcher was killed
        let other = try place(of: confinement).room(for: confinement)
        guard try other.start(launch) else {
            throw Failure(.unavailable, "The process that starts commands in the sandbox was killed twice.")
        }
        return other
    }

    /// Begins to make the room of a confinement; what goes wrong is told to the command that needs it.
    func prepare(_ confinement: Confinement) {
        let place = place(of: confinement)
        try? BlockingThread.start { _ = try? place.room(for: confinement) }
    }

    /// What tells programs of the way out of a room; nothing where there is none.
    ///
    /// The names are those that curl(1) and most libraries know, in both spellings.
    func environment(of confinement: Confinement) throws(Failure) -> [String: String] {
        guard let proxy = try place(of: confinement).room(for: confinement).proxy else { return [:] }
        let address = "http://127.0.0.1:\(proxy.port)"
        var variables = ["NO_PROXY": "localhost,127.0.0.1,::1"]
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] { variables[name] = address }
        return variables.reduce(into: variables) { $0[$1.key.lowercased()] = $1.value }
    }

    /// What was asked of the way out of a room.
    func takeNetworkUse(of confinement: Confinement) -> [NetworkUse] {
        let place = state.withLock { $0.places[confinement] }
        return place?.standing?.proxy?.log.take() ?? []
    }

    /// Forgets a room; commands that are in it go on.
    func close(_ confinement: Confinement) {
        state.withLock { state in
            state.places[confinement] = nil
            state.order.removeAll { $0 == confinement }
        }
    }

    private func place(of confinement: Confinement) -> RoomPlace {
        state.withLock { state in
            state.order.removeAll { $0 == confinement }
            state.order.append(confinement)
            if let place = state.places[confinement] { return place }
            if state.order.count > Self.most { state.places[state.order.removeFirst()] = nil }
            let place = RoomPlace()
            state.places[confinement] = place
            return place
        }
    }
}

/// Where a room is made once, while others that need it wait and nobody else does.
private final class RoomPlace: Sendable {
    private struct Made {
        var room: Room
        /// What stood at each covered path when the room was made.
        var covered: [FileIdentity?]
    }

    private let made = Mutex<Made?>(nil)

    /// The room, if it has been made.
    var standing: Room? { made.withLock { $0?.room } }

    /// A file that was replaced shows through what covered it: the system takes a mount away with the name it is on.
    func room(for confinement: Confinement) throws(Failure) -> Room {
        let paths = confinement.hidden + confinement.standIns.keys.sorted()
        return try made.withLock { made throws(Failure) in
            let covered = paths.map(FileIdentity.init)
            if let made, made.covered == covered { return made.room }
            let room = try Bubblewrap.found().room(for: confinement)
            made = Made(room: room, covered: covered)
            return room
        }
    }
}

/// Which file a name means.
private struct FileIdentity: Equatable {
    private let device: dev_t
    private let number: ino_t

    /// - Returns: `nil` where there is nothing.
    init?(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        device = status.st_dev
        number = status.st_ino
    }
}
