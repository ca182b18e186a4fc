import CLinux
import Glibc
import PipelineKit

/// Where the commands of one confinement run: namespaces made by bubblewrap, and a launcher that stands in them.
///
/// Each command gets a namespace of processes and a /proc of its own, which end with it. The launcher ends with this
/// object, and with this process, however it ends; nothing else keeps the room.
final class Room: Sendable {
    private let channel: Descriptor
    private let launcher: pid_t
    /// The way out; `nil` where there is none, or where none is needed.
    let proxy: NetworkProxy?

    init(_ namespaces: Namespaces, for confinement: Confinement) throws(Failure) {
        proxy = try Self.proxy(namespaces, confinement.network)
        let channel = try Descriptor.socketPair()
        let processes = Int64(confinement.limits.processes)
        let launcher = namespaces.withRoom { sluice_start_launcher($0, channel.second.number, processes) }
        guard launcher > 0 else { throw SystemError.failure("start a process in the sandbox", -launcher) }
        self.launcher = launcher
        self.channel = channel.takeFirst()
    }

    private static func proxy(_ namespaces: Namespaces, _ network: Confinement.Network) throws(Failure) -> NetworkProxy?
    {
        guard case .hosts(let hosts) = network else { return nil }
        let listener = namespaces.withRoom { sluice_listen_in_room($0) }
        guard listener >= 0 else { throw SystemError.failure("listen in the sandbox", -listener) }
        return try NetworkProxy(Descriptor(listener), hosts: hosts)
    }

    deinit {
        _ = shutdown(channel.number, Int32(SHUT_RDWR))
        _ = waitpid(launcher, nil, 0)
    }

    /// Has a command started.
    ///
    /// - Returns: whether there was still somebody to ask.
    func start(_ launch: UnsafePointer<sluice_launch>) throws(Failure) -> Bool {
        let result = sluice_request(channel.number, launch)
        if [-EPIPE, -ECONNRESET].contains(result) { return false }
        guard result == 0 else { throw SystemError.failure("pass a command to the sandbox", -result) }
        return true
    }
}

/// The namespaces of a process in a sandbox, held open.
final class Namespaces: Sendable {
    private let user: Descriptor
    private let inner: Descriptor
    private let mount: Descriptor
    private let net: Descriptor
    private let ipc: Descriptor
    private let uts: Descriptor

    /// - Throws: ``Failure/Kind/unavailable`` when the system does not hand them out.
    init(of process: pid_t, sharingNetwork: Bool) throws(Failure) {
        let own = try Self.openNumber("user", of: process)
        let outer = sluice_outer_user_namespace(own)
        user = Descriptor(outer >= 0 ? outer : own)
        inner = Descriptor(outer >= 0 ? own : -1)
        guard outer >= 0 || outer == -ENOENT else { throw SystemError.failure("look into the sandbox", -outer) }
        mount = try Self.open("mnt", of: process)
        net = sharingNetwork ? Descriptor() : try Self.open("net", of: process)
        ipc = try Self.open("ipc", of: process)
        uts = try Self.open("uts", of: process)
    }

    private static func open(_ name: String, of process: pid_t) throws(Failure) -> Descriptor {
        Descriptor(try openNumber(name, of: process))
    }

    private static func openNumber(_ name: String, of process: pid_t) throws(Failure) -> Int32 {
        let number = Glibc.open("/proc/\(process)/ns/\(name)", O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw SystemError.failure("look into the sandbox", errno) }
        return number
    }

    /// Lends them in the form the system takes.
    func withRoom<Result>(_ body: (UnsafePointer<sluice_room>) -> Result) -> Result {
        var room = sluice_room(
            user: user.number,
            mount: mount.number,
            net: net.number,
            ipc: ipc.number,
            uts: uts.number,
            inner: inner.number
        )
        return body(&room)
    }
}

extension CommandLimits {
    /// In the form the system takes.
    var forSystem: sluice_limits {
        sluice_limits(
            memory: Int64(memory?.bytes ?? Self.standardMemory),
            processes: Int64(processes),
            file: Int64(file.bytes),
            cpu: cpu.components.seconds
        )
    }

    /// Three quarters of what the machine has.
    private static let standardMemory = sysconf(Int32(_SC_PHYS_PAGES)) / 4 * 3 * sysconf(Int32(_SC_PAGESIZE))
}
