/// Waits for a client to close a connection on which everything is said; what it sends is not looked at.
final class LingeringRole: Role {
    private unowned let connection: Connection
    /// Bytes that are still taken before the connection is cut.
    private var left = 4 << 20

    /// Milliseconds.
    static let longest = 2000

    init(_ connection: Connection) {
        self.connection = connection
        connection.set(due: connection.loop.now + Self.longest)
    }

    func received(_ bytes: UnsafeRawBufferPointer) {
        left -= bytes.count
        if left < 0 { connection.close() }
    }

    func inputEnded() { connection.close() }
    func sentSome() {}
    func timeHasCome() { connection.close() }
    func answer(_ reply: Reply) {}
    func look() {}
    func shutDown() {}
    func lost() {}
}

/// Tells a client that its connection is one too many.
final class RefusingRole: Role {
    static let response = Array(
        """
        HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 44\r\n\
        Retry-After: 5\r\nConnection: close\r\n\r\nThere are too many connections. Come later.\n
        """.utf8
    )

    private unowned let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
        connection.set(due: connection.loop.now + 1)
    }

    /// Answers as soon as a request comes, so that the response follows on it.
    func received(_ bytes: UnsafeRawBufferPointer) { refuse() }
    func inputEnded() { connection.close() }
    func sentSome() {}
    func timeHasCome() { refuse() }
    func answer(_ reply: Reply) {}
    func look() {}
    func shutDown() { connection.close() }
    func lost() {}

    private func refuse() {
        connection.send(copying: Self.response)
        connection.linger()
    }
}
