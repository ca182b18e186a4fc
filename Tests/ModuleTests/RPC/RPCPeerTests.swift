import Foundation
import PipelineKit
import PipelineTesting
import ProcessKit
import RPCKit
import Synchronization
import Testing

/// Who asks, who answers, and what becomes of what is never answered.
struct RPCPeerTests {
    private static let patience = Duration.seconds(120)
    private static let double = RPCHandler(request: { request throws(RPCError) in
        guard let number = request.params?["number"]?.integer else {
            throw RPCError(RPCError.invalidParams, "There is no number.")
        }
        return .int(2 * number)
    })

    @Test(arguments: [RPCFraming.lines, .headers])
    func bothSidesAskManyThingsAtOnce(framing: RPCFraming) async throws {
        try await RPCPair.with(framing, near: Self.double, far: Self.double) { pair in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<60 {
                    for peer in [pair.near, pair.far] {
                        group.addTask {
                            let answer = try await peer.call("double", ["number": .int(number)], within: Self.patience)
                            return answer == .int(2 * number)
                        }
                    }
                }
                for try await isRight in group { #expect(isRight) }
            }
        }
    }

    @Test func aRefusalIsTheAnswer() async throws {
        try await RPCPair.with(far: Self.double) { pair in
            await #expect(throws: RPCFault.refused(RPCError(RPCError.invalidParams, "There is no number."))) {
                try await pair.near.call("double", within: Self.patience)
            }
        }
        try await RPCPair.with { pair in
            let error = RPCError(RPCError.methodNotFound, "There is no method 'double' here.")
            await #expect(throws: RPCFault.refused(error)) { try await pair.near.call("double", within: Self.patience) }
        }
    }

    @Test func answersThatNobodyAskedForArePassedOver() async throws {
        try await RPCPair.with(far: Self.double) { pair in
            pair.inject(#"{"jsonrpc":"2.0","id":77,"result":1}"# + "\n")
            pair.inject(#"{"jsonrpc":"2.0","id":"1","error":{"code":1,"message":"no"}}"# + "\n")
            pair.inject(#"{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"no"}}"# + "\n")
            let answer = try await pair.near.call("double", ["number": 4], within: Self.patience)
            #expect(answer == 8)
        }
    }

    @Test func garbageEndsWhatIsOpenAndAllThatFollows() async throws {
        let silent = RPCHandler(request: { _ throws(RPCError) in
            while !Task.isCancelled { await Task.yield() }
            return nil
        })
        try await RPCPair.with(far: silent) { pair in
            async let answer: Result<JSONValue, any Error> = result {
                try await pair.near.call("a", within: .seconds(3_600))
            }
            await Task.yield()
            pair.inject("Traceback (most recent call last):\n")
            let failure = await pair.near.waitForEnd()
            #expect(
                failure.message.hasPrefix("'Traceback (most recent call last):' was read where a message should be.")
            )
            guard case .failure(let error) = await answer, let fault = error as? RPCFault else {
                Issue.record("It was answered.")
                return
            }
            #expect(fault == .ended(failure) || fault == .gone(failure))
            await #expect(throws: RPCFault.gone(failure)) { try await pair.near.call("b", within: Self.patience) }
        }
    }

    @Test func aServerAnswersGarbageAndGoesOn() async throws {
        var server = Self.double
        server.answersGarbage = true
        try await RPCPair.with(near: server) { pair in
            pair.inject("hello\n")
            let answer = try await pair.far.call("double", ["number": 1], within: Self.patience)
            #expect(answer == 2)
        }
    }

    @Test func whatIsNotAnsweredInTimeIsGivenUpAndTold() async throws {
        let seen = Mutex<Set<String>>([])
        let never = RPCHandler(
            request: { request throws(RPCError) in
                seen.withLock { _ = $0.insert(request.method) }
                try? await Task.sleep(for: .seconds(3_600))
                return nil
            },
            notification: { method, params in seen.withLock { _ = $0.insert("\(method) \(params?["why"]?.text ?? "")") }
            }
        )
        let near = RPCHandler(abandoned: { request, why in
            .notification(method: "forget \(request.method)", params: ["why": .string(why.rawValue)])
        })
        func expectSeen(_ words: String) async {
            let deadline = ContinuousClock.now + .seconds(60)
            while !seen.withLock({ $0.contains(words) }), ContinuousClock.now < deadline { await Task.yield() }
            #expect(seen.withLock { $0.contains(words) }, "\(words)")
        }
        try await RPCPair.with(near: near, far: never) { pair in
            await #expect(throws: RPCFault.timedOut) { try await pair.near.call("a", within: .milliseconds(20)) }
            await expectSeen("forget a timedOut")
            let call = Task { try await pair.near.call("b", within: .seconds(3_600)) }
            await expectSeen("b")
            call.cancel()
            await #expect(throws: RPCFault.cancelled) { try await call.value }
            await expectSeen("forget b cancelled")
        }
    }

    @Test func notificationsComeInOrder() async throws {
        let seen = Mutex<[Int]>([])
        let far = RPCHandler(
            request: { _ throws(RPCError) in nil },
            notification: { _, params in seen.withLock { $0.append(params?["number"]?.integer ?? -1) } }
        )
        try await RPCPair.with(far: far) { pair in
            for number in 0..<200 { pair.near.notify("count", ["number": .int(number)]) }
            _ = try await pair.near.call("done", within: Self.patience)
            #expect(seen.withLock(\.self) == Array(0..<200))
        }
    }

    @Test func aProgramThatEndsTakesItsAnswersWithIt() async throws {
        let line = "read line; echo 'no such table' >&2; exit 3"
        let companion = try await Companion.start(Command("/bin/sh", ["-c", line], in: "/"))
        let peer = RPCPeer(over: CompanionChannel(companion), .lines)
        try peer.start(RPCHandler())
        await #expect(throws: RPCFault.ended(Failure(.unavailable, "It ended."))) {
            try await peer.call("query", within: Self.patience)
        }
        #expect(
            await peer.lastWords()
                == "It exited with 3. The end of what it wrote to standard error:\nno such table"
        )
    }

    @Test func aProgramThatDoesNotReadKeepsNobodyWaiting() async throws {
        let companion = try await Companion.start(Command("/bin/sleep", ["600"], in: "/"))
        let peer = RPCPeer(over: CompanionChannel(companion), .lines)
        try peer.start(RPCHandler())
        let text = String(repeating: "x", count: 3_000_000)
        await #expect(throws: RPCFault.timedOut) {
            try await peer.call("long", ["text": .string(text)], within: .milliseconds(50))
        }
        peer.close()
        await #expect(throws: RPCFault.gone(Failure(.unavailable, "The conversation was ended."))) {
            try await peer.call("more", within: Self.patience)
        }
    }

    @Test func aLongMessageArrivesWholeAtASlowReader() async throws {
        let line =
            #"sleep 0.05; read -r line; echo "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":${#line}}"; cat >/dev/null"#
        let companion = try await Companion.start(Command("/bin/bash", ["-c", line], in: "/"))
        let peer = RPCPeer(over: CompanionChannel(companion), .lines)
        try peer.start(RPCHandler())
        let params: JSONValue = ["text": .string(String(repeating: "x", count: 1_000_000))]
        let sent = RPCMessage.request(RPCRequest(.number(1), "measure", params)).bytes
        #expect(try await peer.call("measure", params, within: Self.patience) == .int(sent.count))
    }

    @Test func aProgramGoesWithThePeer() async throws {
        let mark = ProcessMark()
        var peer: RPCPeer?
        do {
            let companion = try await Companion.start(Command("/bin/sh", ["-c", mark.on("sleep MARK & cat")], in: "/"))
            peer = RPCPeer(over: CompanionChannel(companion), .lines)
            try peer?.start(RPCHandler())
        }
        #expect(await mark.settled(at: 2).count == 2)
        #expect(peer?.end == nil)
        peer = nil
        #expect(await mark.settled(at: 0) == [])
    }
}

/// What came of something.
private func result<Value>(_ body: () async throws -> Value) async -> Result<Value, any Error> {
    do { return .success(try await body()) } catch { return .failure(error) }
}
