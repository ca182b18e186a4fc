import Glibc

/// A client that sends bytes as they are, and waits for what comes; for threads that may block.
package final class RawClient {
    private let socket: Int32
    /// What has come and was not taken.
    private var bytes: [UInt8] = []
    /// Whether the server has closed its end; in order, or by a reset.
    package private(set) var isEnded = false

    /// Milliseconds after which a test gives up waiting.
    private static let patience = 20_000

    /// - Parameter buffer: Bytes that the system keeps for a client that does not read; 0 for the usual.
    package init(_ port: Int, buffer: Int32 = 0) {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var size = buffer
        if buffer > 0 { setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size)) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let result = withUnsafeBytes(of: &address) { bytes in
            connect(socket, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
        isEnded = result != 0
    }

    deinit { close(socket) }

    package func send(_ text: String) { send(Array(text.utf8)) }

    package func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else {
                isEnded = true
                return
            }
            rest = rest.dropFirst(sent)
        }
    }

    /// Says that nothing more will be sent.
    package func endSending() { shutdown(socket, Int32(SHUT_WR)) }

    /// Ends the connection as a process that is killed does: by a reset.
    package func vanish() {
        var wait = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &wait, socklen_t(MemoryLayout<linger>.size))
        shutdown(socket, Int32(SHUT_RDWR))
    }

    /// Everything until the server closes its end.
    package func rest() -> [UInt8] {
        while receive() {}
        defer { bytes = [] }
        return bytes
    }

    /// Exactly so many bytes; fewer when the server closes its end.
    package func take(_ count: Int) -> [UInt8] {
        while bytes.count < count, receive() {}
        defer { bytes.removeFirst(min(count, bytes.count)) }
        return Array(bytes.prefix(count))
    }

    /// Up to a text and with it; everything when the server closes its end before.
    package func take(through mark: String) -> String {
        let mark = Array(mark.utf8)
        var searched = 0
        while true {
            if let end = bytes.end(of: mark, from: searched) { return String(decoding: take(end), as: UTF8.self) }
            searched = max(0, bytes.count - mark.count + 1)
            guard receive() else { return String(decoding: rest(), as: UTF8.self) }
        }
    }

    /// Whether something has come, or the server has closed its end.
    package var hasAnswer: Bool {
        var ready = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return isEnded || !bytes.isEmpty || poll(&ready, 1, 0) > 0
    }

    private func receive() -> Bool {
        var ready = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        guard !isEnded, poll(&ready, 1, Int32(Self.patience)) > 0 else { return false }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(socket, &buffer, buffer.count, 0)
        isEnded = count <= 0
        bytes += buffer.prefix(max(count, 0))
        return !isEnded
    }
}

/// A response as a client reads it.
package struct RawResponse: Sendable, Equatable {
    package var status: Int
    /// By their names in lower case.
    package var fields: [String: String] = [:]
    package var body: [UInt8] = []

    package init(status: Int) { self.status = status }

    package var text: String { String(decoding: body, as: UTF8.self) }
}

extension RawClient {
    /// The next response; `nil` when the server closes its end before.
    ///
    /// - Parameter hasBody: `false` after HEAD.
    package func response(hasBody: Bool = true) -> RawResponse? {
        let lines = take(through: "\r\n\r\n").split(separator: "\r\n")
        guard let first = lines.first, first.hasPrefix("HTTP/1.1 "), let status = Int(first.dropFirst(9).prefix(3))
        else { return nil }
        var response = RawResponse(status: status)
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            response.fields[line[..<colon].lowercased()] = String(value)
        }
        if hasBody, let length = response.fields["content-length"].flatMap(Int.init) { response.body = take(length) }
        return response
    }

    /// Sends a request and reads its response.
    package func ask(_ request: String, hasBody: Bool = true) -> RawResponse? {
        send(request)
        return response(hasBody: hasBody)
    }
}

extension [UInt8] {
    /// Where a text ends that begins at a place or behind it.
    fileprivate func end(of mark: [UInt8], from start: Int) -> Int? {
        withUnsafeBytes { bytes in
            guard let first = bytes.baseAddress, let wanted = mark.first else { return nil }
            var place = start
            while place + mark.count <= bytes.count,
                let found = memchr(first + place, Int32(wanted), bytes.count - mark.count + 1 - place)
            {
                if memcmp(found, mark, mark.count) == 0 { return UnsafeRawPointer(found) - first + mark.count }
                place = UnsafeRawPointer(found) - first + 1
            }
            return nil
        }
    }
}
