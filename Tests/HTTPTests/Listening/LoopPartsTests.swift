import HTTPKit
import PipelineTesting
import SocketTesting
import Testing

@testable import HTTPServer

/// What the loop is made of, without a socket.
struct LoopPartsTests {
    private func ticket(_ place: UInt32) -> Ticket { Ticket(place: place, generation: 1) }

    @Test func aWheelIsNeverEarlyAndHardlyLate() {
        var wheel = TimerWheel(now: 1_000_000)
        #expect(wheel.wait(at: 1_000_000) == nil)
        for place in 0..<400 as Range<UInt32> { wheel.add(ticket(place), at: 1_000_000 + Int(place) * 7) }
        var seen: Set<Ticket> = []
        var now = 1_000_000
        while let wait = wheel.wait(at: now) {
            now += wait
            for ticket in wheel.take(at: now) {
                let late = now - 1_000_000 - Int(ticket.place) * 7
                #expect((0..<2 * TimerWheel.tick).contains(late))
                #expect(seen.insert(ticket).inserted)
            }
        }
        #expect(seen.count == 400)
    }

    @Test func aBurstIsLookedAtTogetherAndWhatComesAloneAtOnce() {
        var looks = LookQueue()
        #expect(looks.wait(at: 1_000) == nil)
        looks.add(ticket(1))
        #expect(looks.wait(at: 1_000) == 0)
        #expect(looks.take(at: 1_000) == [ticket(1)])
        #expect(looks.wait(at: 1_000) == nil)
        looks.add(ticket(2))
        looks.add(ticket(1))
        #expect(looks.wait(at: 1_000) == LookQueue.pause)
        let early = looks.take(at: 1_000 + LookQueue.pause - 1)
        #expect(early == [])
        #expect(looks.take(at: 1_000 + LookQueue.pause) == [ticket(2), ticket(1)])
        looks.add(ticket(3))
        #expect(looks.take(at: 1_000 + 2 * LookQueue.pause) == [ticket(3)])
        #expect(looks.take(at: 1_000 + 9 * LookQueue.pause) == [])
    }

    @Test func aWheelThatWasLeftAloneForLongForgetsNothing() {
        var wheel = TimerWheel(now: 0)
        wheel.add(ticket(1), at: 100)
        wheel.add(ticket(2), at: 60_000)
        wheel.add(ticket(3), at: 10_000_000)
        let late = Set(wheel.take(at: 5_000_000))
        #expect(late == [ticket(1), ticket(2), ticket(3)])
        wheel.add(ticket(4), at: 5_000_010)
        let (early, due) = (wheel.take(at: 5_000_000), wheel.take(at: 5_000_032))
        #expect(early == [])
        #expect(due == [ticket(4)])
        #expect(wheel.wait(at: 5_000_032) == nil)
    }

    @Test func aTicketIsNeverThatOfALaterConnection() {
        var table = TicketTable<String>()
        var tickets: [Ticket] = []
        func add(_ name: String) {
            _ = table.add {
                tickets.append($0)
                return name
            }
        }
        add("a")
        add("b")
        table.remove(tickets[0])
        add("c")
        #expect(tickets[2].place == tickets[0].place)
        #expect(tickets.map { table[$0] } == [nil, "b", "c"])
        table.remove(tickets[0])
        #expect(table.count == 2)
        #expect(tickets.map { Ticket(tag: $0.tag) } == tickets)
        #expect(table[Ticket(place: .max, generation: .max)] == nil)
    }

    @Test func idsAreShortAndNeverTheSame() {
        var ids = RequestIDs(seed: 7)
        let made = (0..<10_000).map { _ in ids.next() }
        #expect(Set(made).count == 10_000)
        #expect(made.allSatisfy { $0.wholeMatch(of: /[0-9a-v]{13}/) != nil })
        let kept = ["a.b-c_D9", "", "a\nb"].map { ids.id(for: $0) == $0 }
        #expect(kept == [true, false, false])
    }

    @Test func datesAreThoseOfTheStandard() {
        #expect(String(decoding: DateField.text(784_111_777), as: UTF8.self) == "Sun, 06 Nov 1994 08:49:37 GMT")
    }

    @Test func aFloodIsCountedBySeconds() {
        var flood = FloodGuard(limit: 10)
        let counts = [(10, 1000), (20, 2000), (20, 2999), (31, 2999), (42, 3000)]
        let allowed = counts.map { flood.allows($0.0, at: $0.1) }
        #expect(allowed == [true, true, true, false, false])
    }

    @Test func aQueueForgetsWhatHasNotBegun() {
        var queue = OutputQueue()
        queue.append([1, 2], endsMessage: false)
        queue.append([3])
        #expect(queue.count == 3)
        queue.keepBegun()
        #expect(queue.isEmpty)
    }
}

/// Which responses are compressed, and for whom.
struct ContentCodingTests {
    @Test(arguments: [
        ("gzip", true), ("deflate, gzip;q=0.5", true), ("*", true), ("gzip;q=0", false), ("gzip; q=0.000", false),
        ("*;q=0", false), ("br", false), ("", false), ("*, gzip;q=0", false), ("GZIP", true),
    ])
    func theClientSaysWhatItReads(field: String, accepts: Bool) {
        #expect(ContentCoding.accepts(["Accept-Encoding": field]) == accepts)
    }

    @Test func anyBytesComeBack() async throws {
        var dice = Dice(seed: 11)
        for size in [0, 1, 1000, 200_000] {
            let bytes = (0..<size).map { _ in UInt8(dice.roll(0...4)) }
            let packed = try #require(ContentCoding.gzip(bytes))
            #expect(try await gunzip(packed) == bytes)
        }
    }

    @Test func aTextIsCompressedForWhoeverCanReadIt() async throws {
        let get = "GET /long HTTP/1.1\r\nHost: a\r\n"
        let (plain, packed, head) = try await serving { listener in
            let client = RawClient(listener.port)
            return (
                client.ask("\(get)\r\n"), client.ask("\(get)Accept-Encoding: br, gzip\r\n\r\n"),
                client.ask("HEAD /long HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n", hasBody: false)
            )
        }
        #expect(plain?.body.count == 11_000)
        #expect(plain?.fields["vary"] == "Accept-Encoding")
        #expect(plain?.fields["content-encoding"] == nil)
        #expect(packed?.fields["content-encoding"] == "gzip")
        #expect(packed?.fields["vary"] == "Accept-Encoding")
        #expect(try await gunzip(packed?.body ?? []) == plain?.body)
        #expect(head?.fields["content-length"] == packed?.fields["content-length"])
    }

    @Test func whatIsShortOrNoTextIsSentAsItIs() async throws {
        let responses = try await serving { listener in
            let client = RawClient(listener.port)
            return ["/task", "/huge"].map {
                client.ask("GET \($0) HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n")
            }
        }
        for response in responses {
            #expect(response?.fields["content-encoding"] == nil)
            #expect(response?.fields["vary"] == nil)
        }
    }

    @Test func aStrongTagBecomesWeak() {
        var response = HTTPResponse.text(String(repeating: "a", count: 2000))
        response.headers["etag"] = "\"v1\""
        response.headers["vary"] = "Origin"
        let request = HTTPRequest(.get, .server, headers: ["Accept-Encoding": "gzip"])
        ContentCoding.apply(to: &response, of: request, floor: 1024)
        #expect(response.headers["etag"] == "W/\"v1\"")
        #expect(response.headers.all("vary") == ["Origin, Accept-Encoding"])
        #expect(response.body.count < 100)
    }
}
