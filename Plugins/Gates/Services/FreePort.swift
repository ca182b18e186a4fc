import Glibc
import PipelineKit

/// A port of this machine on which nobody listens.
enum FreePort {
    /// Has the system choose one, and gives it back; who asks next may be given the same.
    ///
    /// - Throws: ``Failure/Kind/unavailable`` when there is none.
    static func find() throws(Failure) -> Int {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard number >= 0 else { throw none(errno) }
        defer { close(number) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let size = length
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { general in
                bind(number, general, size) == 0 && getsockname(number, general, &length) == 0
            }
        }
        guard isBound else { throw none(errno) }
        return Int(in_port_t(bigEndian: address.sin_port))
    }

    private static func none(_ error: Int32) -> Failure {
        Failure(.unavailable, "No free port was found: \(String(cString: strerror(error))).")
    }
}
