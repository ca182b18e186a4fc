import FoundationEssentials
import PipelineKit

/// What bubblewrap is told for a confinement; bwrap(1).
struct RoomWords {
    private(set) var words: [String] = []

    init(_ confinement: Confinement, disablesNamespaces: Bool) {
        let apart = ["user", "pid", "ipc", "uts"] + (confinement.network == .all ? [] : ["net"])
        words += apart.map { "--unshare-\($0)" } + ["--unshare-cgroup-try"]
        if disablesNamespaces { words.append("--disable-userns") }
        words += ["--die-with-parent", "--new-session", "--info-fd", "1"]
        addSystem()
        if confinement.network == .all { addNameService() }
        words += ["--bind", confinement.temporary, "/tmp", "--symlink", "/tmp", "/var/tmp"]
        words += ["--bind", confinement.home, Self.home]
        addPlaces(confinement)
        // What is not mounted from elsewhere is in memory, and would be a way around the limits.
        words += ["--remount-ro", "/", "--chdir", "/", "--"] + Bubblewrap.occupant
    }

    /// Absolute path of the home directory, as commands are told it.
    static let home = Environment.minimal["HOME"].flatMap { $0.hasPrefix("/") && $0 != "/" ? $0 : nil } ?? "/var/home"

    private mutating func addSystem() {
        for path in Self.roots {
            if let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path) {
                words += ["--symlink", target, path]
            } else {
                words += ["--ro-bind-try", path, path]
            }
        }
        for name in SystemFiles.shown { words += ["--ro-bind-try", "/etc/\(name)", "/etc/\(name)"] }
        words += ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"]
        words += ["--size", "\(Self.sharedMemory)", "--tmpfs", "/dev/shm"]
        words += ["--ro-bind-try", "/sys/devices/system/cpu", "/sys/devices/system/cpu"]
    }

    private static let roots = [
        "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/opt", "/nix/store", "/gnu/store",
    ]

    /// Bytes; what a container gets is 64 MiB, and browsers and databases want more.
    private static let sharedMemory = 1 << 30

    /// `/etc/resolv.conf` is a link into `/run` on many systems.
    private mutating func addNameService() {
        guard let path = Self.realPath("/etc/resolv.conf"), path != "/etc/resolv.conf" else { return }
        words += ["--ro-bind-try", path, path]
    }

    /// Outer places come before those in them, and what is read only or hidden after what may be written.
    private mutating func addPlaces(_ confinement: Confinement) {
        let tools = Toolchains.paths(home: Self.home, path: Environment.minimal["PATH"] ?? "")
        var places = (tools + confinement.readable).map { Place(path: $0, kind: .readable) }
        places += confinement.writable.map { Place(path: $0, kind: .writable) }
        places += confinement.standIns.map { Place(path: $0, kind: .shown($1)) }
        places += confinement.hidden.map { Place(path: $0, kind: .hidden) }
        for place in Set(places).sorted() { words += place.words }
    }

    private static func realPath(_ path: String) -> String? {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    }
}

/// A file or directory that commands see, or do not.
private struct Place: Hashable, Comparable {
    enum Kind: Hashable {
        case writable
        case readable
        /// As the content of another file.
        case shown(String)
        case hidden

        /// What is more closed comes after what is less.
        var order: Int {
            switch self {
            case .writable: 0
            case .readable: 1
            case .shown: 2
            case .hidden: 3
            }
        }
    }

    let path: String
    let kind: Kind

    static func < (left: Place, right: Place) -> Bool {
        left.path == right.path ? left.kind.order < right.kind.order : left.path < right.path
    }

    var words: [String] {
        switch kind {
        case .writable: ["--bind", path, path]
        case .readable: ["--ro-bind-try", path, path]
        case .shown(let other): ["--ro-bind", other, path]
        case .hidden: mask
        }
    }

    /// Something empty in its place; nothing where there is nothing.
    private var mask: [String] {
        var isDirectory = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { return [] }
        return isDirectory ? ["--size", "65536", "--tmpfs", path] : ["--ro-bind", "/dev/null", path]
    }
}
