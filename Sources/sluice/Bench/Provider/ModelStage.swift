import Glibc
import LoadKit
import PipelineKit

/// A model service in a process of its own, which says so much, or at such a pace, as its path asks for. It speaks the
/// dialect of chat completions and keeps its connections.
///
///     /pieces/50/v1     so many words, each sent by itself
///     /spoken/50/v1     the same at the pace of 5,000 a second, still a hundred times that of any model
///     /bytes/60/v1      so many megabytes of them, as fast as they are taken
///     /paced/500/v1     so many, one in two milliseconds, each with the moment at which it is sent
struct ModelStage {
    private let listener: Int32

    /// Serves until its input ends, which it does when the process that measures does, however that ends.
    static func run() throws(CommandError) -> ExitStatus {
        let stage = try ModelStage()
        Output.line("http://127.0.0.1:\(stage.port)")
        Output.flush()
        do throws(Failure) { try BlockingThread.start { stage.accept() } } catch { throw .broken(error.message) }
        while readLine() != nil {}
        return .achieved
    }

    private init() throws(CommandError) {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let bound = withUnsafeBytes(of: &address) { bytes in
            bind(listener, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
        guard bound == 0, listen(listener, 16) == 0 else {
            throw .broken("No port is to be had: \(String(cString: strerror(errno))).")
        }
    }

    private var port: Int {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutableBytes(of: &address) { bytes in
            getsockname(listener, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), &size)
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private func accept() {
        while true {
            let number = Glibc.accept(listener, nil, nil)
            guard number >= 0 else { continue }
            var yes: Int32 = 1
            setsockopt(number, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
            try? BlockingThread.start { ModelConnection(number: number).serve() }
        }
    }
}

/// One connection of the service; lives on its own thread.
private struct ModelConnection {
    let number: Int32

    func serve() {
        defer { close(number) }
        var left: [UInt8] = []
        while let path = readRequest(&left) {
            let words = path.split(separator: "/")
            guard words.count > 1, let amount = Int(words[1]), send(Self.head) else { return }
            let isSent =
                switch words[0] {
                case "pieces": sendPieces(amount, after: 0)
                case "spoken": sendPieces(amount, after: 200)
                case "bytes": sendBytes(amount << 20)
                default: sendPaced(amount)
                }
            guard isSent, send(Self.end) else { return }
        }
    }

    /// The path of the next request, whose body is passed over; `nil` when there is none.
    private func readRequest(_ left: inout [UInt8]) -> String? {
        var head: String?
        while true {
            if head == nil, let end = left.firstRange(of: Array("\r\n\r\n".utf8)) {
                head = String(decoding: left[..<end.lowerBound], as: UTF8.self)
                left.removeSubrange(..<end.upperBound)
            }
            if let head, left.count >= Self.length(in: head) {
                left.removeSubrange(..<Self.length(in: head))
                return head.split(separator: " ").dropFirst().first.map(String.init)
            }
            var piece = [UInt8](repeating: 0, count: 64 << 10)
            let count = recv(number, &piece, piece.count, 0)
            guard count > 0 else { return nil }
            left += piece[..<count]
        }
    }

    private static func length(in head: String) -> Int {
        let line = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
        return line?.split(separator: ":").last.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }

    // MARK: - Answers

    /// - Parameter microseconds: Before each.
    private func sendPieces(_ count: Int, after microseconds: UInt32) -> Bool {
        (0..<count).allSatisfy { _ in
            if microseconds > 0 { usleep(microseconds) }
            return send(Self.chunk(Self.piece(" a few words")))
        }
    }

    private func sendBytes(_ bytes: Int) -> Bool {
        let piece = Self.piece(" a few words")
        let many = Self.chunk(Array(repeatElement(piece, count: (256 << 10) / piece.count).joined()))
        return (0..<bytes / many.count).allSatisfy { _ in send(many) }
    }

    private func sendPaced(_ count: Int) -> Bool {
        (0..<count).allSatisfy { _ in
            usleep(2_000)
            return send(Self.chunk(Self.piece("@\(MonotonicClock.nanoseconds)")))
        }
    }

    private func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { bytes in
                Glibc.send(
                    number,
                    bytes.baseAddress.map { $0 + sent },
                    bytes.count - sent,
                    Int32(MSG_NOSIGNAL)
                )
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    private static let head = Array(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n".utf8
    )
    private static let end =
        chunk(
            Array(
                """
                data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

                data: {"choices":[],"usage":{"prompt_tokens":7500,"completion_tokens":150}}

                data: [DONE]


                """.utf8
            )
        ) + Array("0\r\n\r\n".utf8)

    /// As OpenAI sends it.
    private static func piece(_ words: String) -> [UInt8] {
        Array(
            """
            data: {"id":"chatcmpl-CQ9bR7lDXGSDKiFJ1wNUqPWnMRLcK","object":"chat.completion.chunk","created":1795316048,\
            "model":"gpt-5.2-2025-12-11","choices":[{"index":0,"delta":{"content":"\(words)"},"logprobs":null,\
            "finish_reason":null}],"usage":null}


            """.utf8
        )
    }

    private static func chunk(_ data: [UInt8]) -> [UInt8] {
        Array("\(String(data.count, radix: 16))\r\n".utf8) + data + Array("\r\n".utf8)
    }
}
