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

    /// What one engine left, whose file is locked here meanwhile.
    private struct Abandoned {
        let path: String
        let file: Int32
        /// Its supervisors.
        let marks: [sluice_mark]
        /// What its commands were started with.
        let variable: String
    }

    /// Ends what the engines left whose files nobody has locked, and removes the files.
    static func end(in directory: String) -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        let abandoned = names.filter { UInt64($0) != nil }.compactMap { take("\(directory)/\($0)", mark: $0) }
        defer {
            for one in abandoned {
                unlink(one.path)
                close(one.file)
            }
        }
        return end(abandoned.filter { !$0.marks.isEmpty })
    }

    /// - Returns: `nil` for a file that an engine has locked which lives.
    private static func take(_ path: String, mark: String) -> Abandoned? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { return nil }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            return nil
        }
        return Abandoned(path: path, file: file, marks: marks(in: file), variable: "\(variable)=\(mark)")
    }

    /// None of another boot of the machine.
    private static func marks(in file: Int32) -> [sluice_mark] {
        var bytes = [UInt8](repeating: 0, count: header + most * MemoryLayout<sluice_mark>.size)
        let size = read(file, &bytes, bytes.count)
        guard size >= header, Array(bytes[..<header]) == boot else { return [] }
        return bytes[header..<size].withUnsafeBytes { raw in
            raw.bindMemory(to: sluice_mark.self).filter { $0.pid > 1 }
        }
    }

    /// All at once: to look at every process of the machine is what takes the time.
    private static func end(_ abandoned: [Abandoned]) -> Int {
        guard !abandoned.isEmpty else { return 0 }
        let variables = abandoned.map { strdup($0.variable) }
        defer { for variable in variables { free(variable) } }
        let (marks, names) = (abandoned.flatMap(\.marks), variables.compactMap { UnsafePointer($0) })
        return marks.withUnsafeBufferPointer { marks in
            names.withUnsafeBufferPointer { names in
                guard let first = marks.baseAddress, let name = names.baseAddress else { return 0 }
                var left = sluice_leftovers(
                    marks: first,
                    mark_count: Int32(marks.count),
                    variables: name,
                    variable_count: Int32(names.count)
                )
                return Int(sluice_reap_orphans(&left))
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
