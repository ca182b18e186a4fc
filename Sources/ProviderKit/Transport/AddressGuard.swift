import CCurl
import Glibc
import PipelineKit

/// Opens the socket of a transfer that may connect to public addresses only.
///
/// libcurl asks for it once names are resolved and for each address anew, so what is looked at is what is connected to,
/// whatever the resolver said a moment ago or will say next.
@Sendable nonisolated func onOpen(
    _ context: UnsafeMutableRawPointer,
    _ purpose: curlsocktype,
    _ address: UnsafeMutablePointer<curl_sockaddr>
) -> curl_socket_t {
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    guard let asked = InternetAddress(address) else { return CURL_SOCKET_BAD }
    guard asked.isPublic else {
        transfer.refuse(asked)
        return CURL_SOCKET_BAD
    }
    return sluice_open_socket(address)
}

extension InternetAddress {
    /// - Returns: `nil` for a family of addresses that is none of the internet.
    fileprivate init?(_ address: UnsafeMutablePointer<curl_sockaddr>) {
        // The address is the last member, and longer than its declaration: what follows belongs to it.
        guard let place = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else { return nil }
        let bytes = UnsafeRawPointer(address) + place
        switch address.pointee.family {
        case AF_INET: self.init(bytes: Array(UnsafeRawBufferPointer(start: bytes + 4, count: 4)))
        case AF_INET6: self.init(bytes: Array(UnsafeRawBufferPointer(start: bytes + 8, count: 16)))
        default: return nil
        }
    }
}
