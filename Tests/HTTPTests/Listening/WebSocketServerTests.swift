import HTTPKit
import SocketTesting
import Testing

@testable import HTTPServer

/// WebSockets over a real socket.
struct WebSocketServerTests {
    /// Opens a WebSocket and lets a test talk over it.
    private func talk<Result: Sendable>(
        _ path: String = "/socket",
        _ settings: ListenerSettings = ListenerSettings(),
        buffer: Int32 = 0,
        _ body: @escaping @Sendable (RawClient, ScriptedStream, HTTPListener) throws -> Result
    ) async throws -> Result {
        let stream = ScriptedStream()
        return try await serving(settings, stream.routes) { listener in
            let client = RawClient(listener.port, buffer: buffer)
            let response = client.upgrade(path)
            #expect(response?.status == 101)
            #expect(response?.fields["connection"] == "Upgrade")
            #expect(response?.fields["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
            #expect(stream.opened.wait())
            return try body(client, stream, listener)
        }
    }

    @Test func textsGoBothWays() async throws {
        let (frame, texts) = try await talk { client, stream, _ in
            client.sendText("hello")
            return (client.frame(), stream.texts.all)
        }
        #expect(frame == "text hello")
        #expect(texts == ["hello"])
    }

    @Test func framesBehindTheHandshakeAreRead() async throws {
        let stream = ScriptedStream()
        let frame = try await serving(ListenerSettings(), stream.routes) { listener in
            let client = RawClient(listener.port)
            let request = "GET /socket HTTP/1.1\r\n\(RawClient.handshake(host: "a"))"
            client.send(Array(request.utf8) + WebSocketClient.frame(0x81, "early"))
            _ = client.response(hasBody: false)
            return client.frame()
        }
        #expect(frame == "text early")
    }

    @Test func fragmentsBecomeOneMessageAndPingsComeBetween() async throws {
        let frames = try await talk { client, _, _ in
            client.send(WebSocketClient.frame(0x01, "one "))
            client.send(WebSocketClient.frame(0x89, "now"))
            client.send(WebSocketClient.frame(0x00, "two "))
            client.send(WebSocketClient.frame(0x80, "three"))
            return [client.frame(), client.frame()]
        }
        #expect(frames == ["pong now", "text one two three"])
    }

    @Test func aCloseIsAnsweredAndTheConnectionEnds() async throws {
        let (frame, rest, isClosed) = try await talk { client, stream, _ in
            client.sendClose()
            let frame = client.frame()
            let rest = client.rest()
            client.endSending()
            return (frame, rest, stream.closed.wait())
        }
        #expect(frame == "close 1000 ")
        #expect(rest == [])
        #expect(isClosed)
    }

    @Test(arguments: [
        ([0xC1, 0x80, 0, 0, 0, 0] as [UInt8], 1002), (WebSocketClient.frame(0x81, [0xFF]), 1007),
        (WebSocketClient.frame(0x82, "bytes"), 1003), ([0x81, 0x05], 1002),
        (WebSocketClient.frame(0x88, [0x03, 0xED]), 1002),
        ([0x81, 0xFF, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0], 1009),
    ])
    func aFaultClosesWithItsCode(bytes: [UInt8], code: Int) async throws {
        let frame = try await talk { client, _, _ in
            client.send(bytes)
            return client.frame()
        }
        #expect(frame?.hasPrefix("close \(code) ") == true)
    }

    @Test func theServerSaysEverythingBeforeItCloses() async throws {
        let (frames, answered) = try await talk { client, stream, _ in
            for number in 1...100 { stream.push(number, "\(number)") }
            stream.sink.close(.normal, "Done.")
            stream.push(101, "never")
            let frames = (1...101).map { _ in client.frame() }
            client.sendClose()
            return (frames, client.rest())
        }
        #expect(frames == (1...100).map { "text \($0)" } + ["close 1000 Done."])
        #expect(answered == [])
    }

    @Test func whoDoesNotAnswerACloseIsCutOff() async throws {
        let rest = try await talk("/socket", settings { $0.closeTimeout = .milliseconds(80) }) { client, stream, _ in
            stream.sink.close(.normal, "")
            _ = client.frame()
            return client.rest()
        }
        #expect(rest == [])
    }

    @Test func whoReadsTooSlowlyIsDroppedWith1013() async throws {
        let limit = 64 << 10
        let (last, count, figures) = try await talk("/socket", settings { $0.outputLimit = limit }, buffer: 4096) {
            client,
            stream,
            listener in
            let text = String(repeating: "x", count: 1000)
            var pushed = 1
            stream.push(nil, text)
            var (last, count) = (client.frame() ?? "", 1)
            while listener.figures.dropped == 0 {
                stream.push(nil, text)
                pushed += 1
            }
            while let frame = client.frame() {
                if frame.hasPrefix("text ") {
                    #expect(frame.utf8.count == 1005, "No frame is cut.")
                    count += 1
                }
                last = frame
                if frame.hasPrefix("close ") { client.sendClose() }
            }
            #expect(count < pushed)
            return (last, count, listener.figures)
        }
        #expect(last == "close 1013 More is unread than \(limit) bytes; come back and say what you have.")
        #expect(count >= 1)
        #expect(figures.dropped == 1)
    }

    @Test(arguments: [2, 3, 7]) func whoIsDroppedHasAllOfTheLastEvent(size: Int) async throws {
        let limit = 64 << 10
        let count = try await talk("/socket", settings { $0.outputLimit = limit }, buffer: 4096) {
            client,
            stream,
            listener in
            var sequence = 0
            while listener.figures.dropped == 0 {
                sequence += 1
                let text = [UInt8](repeating: 0x61, count: 1000)
                stream.sink.push((1...size).map { _ in Frame(sequence: sequence, text: text) }[...])
            }
            var count = 0
            while let frame = client.frame() {
                if frame.hasPrefix("text ") { count += 1 } else { client.sendClose() }
            }
            return count
        }
        #expect(count > 0)
        #expect(count.isMultiple(of: size))
    }

    @Test func sendWaitsForRoom() async throws {
        let frames = (1...3000).map { Frame(sequence: $0, text: Array(repeating: 0x61, count: 1000)) }
        let (count, figures) = try await talk("/socket", settings { $0.outputLimit = 32 << 10 }, buffer: 4096) {
            client,
            stream,
            listener in
            let sink = stream.sink
            let sent = Collected<Bool>()
            Task { sent.add(await sink.send(frames)) }
            var count = 0
            while count < frames.count, client.frame() != nil { count += 1 }
            return (count, listener.figures)
        }
        #expect(count == 3000)
        #expect(figures.dropped == 0)
    }

    @Test func sendEndsWhenTheClientDoes() async throws {
        let frames = (1...20_000).map { Frame(sequence: $0, text: Array(repeating: 0x61, count: 1000)) }
        let answer = try await talk("/socket", buffer: 4096) { client, stream, _ in
            let sink = stream.sink
            let done = TestGate()
            let answers = Collected<Bool>()
            Task {
                answers.add(await sink.send(frames))
                done.open()
            }
            _ = client.frame()
            client.vanish()
            done.wait()
            return answers.all
        }
        #expect(answer == [false])
    }

    @Test func aHeartbeatCarriesTheLastSequence() async throws {
        let stream = ScriptedStream()
        let frames = try await serving(settings { $0.heartbeat = .milliseconds(500) }, stream.routes) { listener in
            let client = RawClient(listener.port)
            _ = client.upgrade("/socket")
            var frames: [String] = []
            // Every ping is answered from the first on: a busy machine may be slow to open the stream.
            while let frame = client.frame() {
                frames.append(frame)
                if frame.hasPrefix("ping ") { client.send(WebSocketClient.frame(0x8A, String(frame.dropFirst(5)))) }
                if frame == "ping 7" { break }
                guard stream.count > 0, !frames.contains("text seven") else { continue }
                stream.push(7, "seven")
                stream.push(nil, "a piece")
            }
            return frames
        }
        #expect(frames.filter { $0 != "ping 0" } == ["text seven", "text a piece", "ping 7"])
        #expect(frames.first == "ping 0")
    }

    @Test func whoAnswersNoHeartbeatIsGone() async throws {
        let (frames, isClosed) = try await talk("/socket", settings { $0.heartbeat = .milliseconds(60) }) {
            client,
            stream,
            _ in
            ([client.frame(), client.frame()], stream.closed.wait())
        }
        #expect(frames == ["ping 0", nil])
        #expect(isClosed)
    }

    @Test func aClientThatVanishesIsNoticedAtOnce() async throws {
        let (isClosed, sockets) = try await talk { client, stream, listener in
            client.vanish()
            return (stream.closed.wait(), listener.figures.webSockets)
        }
        #expect(isClosed)
        #expect(sockets == 0)
    }

    @Test(arguments: [0x89, 0x8A, 0x01] as [UInt8])
    func aFloodOfFramesWithoutAMessageEndsTheSocket(first: UInt8) async throws {
        let last = try await talk("/socket", settings { $0.emptyFramesPerSecond = 10 }) { client, _, _ in
            if first == 0x01 { client.send(WebSocketClient.frame(0x01, "a")) }
            let empty = WebSocketClient.frame(first == 0x01 ? 0x00 : first)
            // More than the limit allows in the two seconds that the client may touch.
            client.send([[UInt8]](repeating: empty, count: 30).flatMap { $0 })
            var last = ""
            while let frame = client.frame() { last = frame }
            return last
        }
        #expect(last == "close 1008 More than 10 frames in a second carry no message.")
    }

    @Test func whoAsksForNoWebSocketIsToldToUpgrade() async throws {
        let stream = ScriptedStream()
        let response = try await serving(ListenerSettings(), stream.routes) { listener in
            RawClient(listener.port).ask("GET /socket HTTP/1.1\r\nHost: a\r\n\r\n")
        }
        #expect(response?.status == 426)
        #expect(response?.fields["upgrade"] == "websocket")
        #expect(response?.fields["connection"] == "Upgrade")
        #expect(stream.count == 0)
    }

    /// For clients that do not count the pings of the protocol: the message that their own has for it.
    @Test func aHeartbeatOfAContractComesWithThePing() async throws {
        let route = Route.webSocket("/socket") { _ in
            var session = StreamSession(opened: { _ in })
            session.heartbeat = Frame(sequence: nil, text: Array("still here".utf8))
            return session
        }
        let frames = try await serving(settings { $0.heartbeat = .milliseconds(500) }, [route]) { listener in
            let client = RawClient(listener.port)
            client.upgrade()
            let first = [client.frame(), client.frame()]
            client.sendText("pong")
            return first + [client.frame(), client.frame()]
        }
        #expect(frames == ["ping 0", "text still here", "ping 0", "text still here"])
    }

    @Test func manyIdleSocketsAreHeldAndAllHearOneFrame() async throws {
        let sinks = Collected<any FrameSink>()
        let all = TestGate()
        // Thousands are held by a program of their own, in the tests of the built server: this process has other tests.
        let count = 100
        let route = Route.webSocket("/socket") { _ in
            StreamSession(opened: { sink in
                sinks.add(sink)
                if sinks.all.count == count { all.open() }
            })
        }
        let (open, heard) = try await serving(ListenerSettings(), [route]) { listener in
            let clients = (1...count).map { _ in RawClient(listener.port) }
            for client in clients { client.upgrade() }
            all.wait()
            let open = listener.figures.webSockets
            let frame = Frame(sequence: 1, text: Array("news".utf8))
            for sink in sinks.all { sink.push([frame]) }
            return (open, clients.count { $0.frame() == "text news" })
        }
        #expect(open == count)
        #expect(heard == count)
    }
}
