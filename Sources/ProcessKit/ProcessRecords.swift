import CLinux
import FoundationEssentials
import Glibc
import Synchronization

/// What this process has started, on disk, so that the next one can end what was left when this one and the supervisors
/// of its commands were killed together.
///
/// A file for each engine names the boot of the machine, and then by process id and start time the supervisors of the
/// commands that run. It is locked as long as the engine lives: one that nobody has locked is what a crash left.
/// Commands in a sandbox need none of this: the system ends them with whoever watches over them.
public final class ProcessRecords: Sendable {
    public static let shared = ProcessRecords()

    private struct State {
        var file: Int32 = -1
        var path = ""
        /// Which places of the file are taken.
        var taken: [Bool] = []
    }

    private let state = Mutex(State())
    /// What commands are marked with in their environment, which who escapes its session still has; the file's name.
    private let mark = "\(UInt64.random(in: 0 ... .max))"

    private init() {}

    /// Ends what earlier engines left, and from now on notes what this one starts; once for a process.
    ///
    /// - Parameter directory: Absolute path; made when it is not there.
    /// - Returns: how many processes were ended.
    @discardableResult
    public func keep(in directory: String) -> Int {
        state.withLock { state in
            guard state.file < 0 else { return 0 }
            let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
            try? FileManager.default.createDirectory(
                atPath: directory,
                withIntermediateDirectories: true,
                attributes: attributes
            )
            let ended = Leftovers.end(in: directory)
            state.path = "\(directory)/\(mark)"
            state.file = open(state.path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard state.file >= 0 else { return ended }
            flock(state.file, LOCK_EX | LOCK_NB)
            Leftovers.writeBoot(state.file)
            atexit { ProcessRecords.shared.forget() }
            return ended
        }
    }

    /// Where a supervisor notes itself; `nil` when nothing is kept.
    func take() -> Record? {
        state.withLock { state in
            guard state.file >= 0 else { return nil }
            let place = state.taken.firstIndex(of: false) ?? state.taken.count
            if place == state.taken.count { state.taken.append(true) } else { state.taken[place] = true }
            return Record(file: state.file, place: place)
        }
    }

    /// Forgets a supervisor that has ended with all that it watched over.
    func give(back record: Record) {
        state.withLock { state in
            var nobody = sluice_mark()
            pwrite(state.file, &nobody, MemoryLayout<sluice_mark>.size, off_t(record.offset))
            state.taken[record.place] = false
        }
    }

    /// What a command is marked with; nothing when nothing is kept.
    var environment: [String: String] {
        state.withLock { $0.file >= 0 } ? [Leftovers.variable: mark] : [:]
    }

    /// Removes the file unless something of it may be left; the end of the process releases the lock.
    private func forget() {
        state.withLock { state in
            if !state.taken.contains(true) { unlink(state.path) }
        }
    }
}

/// Where a supervisor notes itself.
struct Record {
    let file: Int32
    fileprivate let place: Int

    /// In bytes, from the beginning of the file.
    var offset: Int { Leftovers.header + place * MemoryLayout<sluice_mark>.size }
}

/// What is on record of engines that are gone.
private enum Leftovers {
    static let variable = "SLUICE_COMMAND"
    /// Bytes before the first place: the name of the machine's boot.
    static let header = 64

    static func writeBoot(_ file: Int32) {
        let boot = boot
        _ = boot.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
    }

    /// Ends what the engines left whose files nobody has locked, and removes the files.
    static func end(in directory: String) -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.filter { UInt64($0) != nil }.reduce(0) { $0 + end("\(directory)/\($1)", mark: $1) }
    }

    private static func end(_ path: String, mark: String) -> Int {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { return 0 }
        defer { close(file) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else { return 0 }
        var bytes = [UInt8](repeating: 0, count: header + most * MemoryLayout<sluice_mark>.size)
        let size = read(file, &bytes, bytes.count)
        defer { unlink(path) }
        guard size >= header, Array(bytes[..<header]) == boot else { return 0 }
        return bytes[header..<size].withUnsafeBytes { raw in
            raw.bindMemory(to: sluice_mark.self).reduce(0) { ended, one in
                guard one.pid > 1 else { return ended }
                var one = one
                return ended + Int(sluice_reap_orphans(&one, "\(variable)=\(mark)"))
            }
        }
    }

    /// Commands of one engine that are looked for; a file of this size is 1 MB.
    private static let most = 1 << 16

    /// `/proc/sys/kernel/random/boot_id`, filled up with zeros.
    private static var boot: [UInt8] {
        let id = (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? ""
        let bytes = Array(id.utf8.prefix(header))
        return bytes + [UInt8](repeating: 0, count: header - bytes.count)
    }
}
