import HTTPKit
import PipelineKit
import Synchronization
import Testing

/// What stands on every answer, and what is written down of every request.
struct RecordingTests {
    @Test func everyAnswerTellsBrowsersToTrustItLittle() async throws {
        let fields: HTTPHeaders = [
            "x-content-type-options": "nosniff", "x-frame-options": "DENY", "referrer-policy": "no-referrer",
            "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
            "cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin",
            "cache-control": "no-store",
        ]
        #expect(await pass(try request(), through: [SecurityHeaders().middleware]).headers == fields)
        let refusing = Middleware(admit: { _ throws(HTTPError) in throw HTTPError(.notFound, "No.") })
        #expect(await pass(try request(), through: [SecurityHeaders().middleware, refusing]).headers == fields)
    }

    @Test func whatAHandlerSetStays() async throws {
        let own: HTTPHeaders = ["content-security-policy": "default-src 'self'", "cache-control": "max-age=31536000"]
        let answer = HTTPResponse(.ok, headers: own)
        let headers = await pass(try request(), through: [SecurityHeaders().middleware], answer: answer).headers
        #expect(headers["content-security-policy"] == "default-src 'self'")
        #expect(headers["cache-control"] == "max-age=31536000")
        #expect(headers["x-frame-options"] == "DENY")
    }

    @Test func aRefusalAtAnyDoorHasTheFields() async throws {
        let watch = Watch()
        let now: @Sendable () -> Instant = { watch.now }
        let doors = Doors(
            hosts: HostCheck(),
            origins: try Origins(),
            authentication: Authentication(
                isRequired: { () throws(HTTPError) in true },
                find: { key throws(HTTPError) in key == "right" ? Principal(name: "ci") : nil },
                tickets: Tickets(now: now),
                failures: RateLimit(rate: 1, burst: 1, now: now)
            ),
            limit: RateLimit(rate: 1, burst: 1, now: now)
        )
        let local: HTTPHeaders = ["host": "localhost", "x-api-key": "right"]
        let cases: [(HTTPHeaders, HTTPStatus?)] = [
            (["host": "evil.example"], .forbidden), (["host": "localhost", "origin": "null"], .forbidden),
            (["host": "localhost"], .unauthorized), (local, nil), (local, .tooManyRequests),
        ]
        for (headers, status) in cases {
            let passed = await pass(try request(.post, "/api/runs", headers), through: doors.frame)
            #expect(passed.error?.status == status)
            #expect(passed.headers["x-content-type-options"] == "nosniff")
        }
    }

    private func finished(
        _ method: HTTPMethod = .get,
        path: String = "/api/runs/r1",
        pattern: String? = "/api/runs/{id}",
        status: Int = 200,
        took: Duration = .microseconds(1_250)
    ) -> FinishedRequest {
        FinishedRequest(
            method,
            path: path,
            pattern: pattern,
            contract: "retrai",
            status: HTTPStatus(status),
            bytesOut: 512,
            duration: took,
            peer: "127.0.0.1",
            id: "9f",
            principal: pattern == nil ? nil : "ci"
        )
    }

    @Test func aRequestIsOneLineOfJSON() {
        let lines = Mutex<[String]>([])
        let write: @Sendable ([UInt8]) -> Void = { line in
            lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
        }
        let log = RequestLog(now: { Instant(milliseconds: 1_767_225_600_250) }, write: write)
        log.record(finished())
        log.record(finished(HTTPMethod("A\"B"), path: "/\n{", pattern: nil, status: 404))
        let begin = #"{"at":"2026-01-01T00:00:00.250Z","id":"9f","peer":"127.0.0.1","#
        let first = #""key":"ci","method":"GET","path":"/api/runs/r1","route":"/api/runs/{id}","contract":"retrai","#
        let second = #""method":"A\"B","path":"/\n{","contract":"retrai","#
        let ends = [#""status":200,"bytes":512,"ms":1.25}"#, #""status":404,"bytes":512,"ms":1.25}"#].map { $0 + "\n" }
        #expect(lines.withLock(\.self) == [begin + first + ends[0], begin + second + ends[1]])
    }

    @Test func requestsAreCountedByRouteAndNeverByPath() {
        let metrics = Metrics()
        for number in 0..<1_000 {
            metrics.record(finished(HTTPMethod("M\(number)"), path: "/\(number)", pattern: nil, status: 404))
        }
        let text = metrics.text()
        #expect(
            text.contains(
                #"sluice_http_requests_total{contract="retrai",method="other",route="none",status="4xx"} 1000"# + "\n"
            )
        )
        #expect(text.split(separator: "\n").filter { !$0.hasPrefix("#") }.count == 15)
    }

    @Test func whatIsCountedIsReadByPrometheus() async throws {
        let metrics = Metrics()
        for took in [1, 20, 700] { metrics.record(finished(took: .milliseconds(took))) }
        metrics.record(finished(.post, pattern: "/odd/\"\\\n", status: 500, took: .seconds(100)))
        metrics.add("sluice_connections_open", "Connections that are open.") { 3.5 }
        metrics.add("sluice_connections_total", "Connections so far.", .counter) { 7 }
        let program = """
            import sys, json
            from prometheus_client.parser import text_string_to_metric_families
            text = sys.stdin.buffer.read().decode()
            for family in text_string_to_metric_families(text):
                for s in family.samples:
                    print(family.type, s.name, json.dumps(s.labels, sort_keys=True), s.value)
            """
        let samples = try await python(program, Array(metrics.text().utf8)).split(separator: "\n").map(String.init)
        let get = #"{"contract": "retrai", "method": "GET", "route": "/api/runs/{id}"}"#
        for expected in [
            "counter sluice_http_requests_total "
                + #"{"contract": "retrai", "method": "GET", "route": "/api/runs/{id}", "status": "2xx"} 3"#,
            "counter sluice_http_requests_total "
                + #"{"contract": "retrai", "method": "POST", "route": "/odd/\"\\\n", "status": "5xx"} 1"#,
            "histogram sluice_http_request_duration_seconds_count \(get) 3",
            "histogram sluice_http_request_duration_seconds_sum \(get) 0.721",
            "gauge sluice_connections_open {} 3.5", "counter sluice_connections_total {} 7",
        ] {
            #expect(samples.contains(expected), "\(expected)")
        }
        let buckets = samples.filter { $0.contains("_bucket") && $0.contains("GET") }.map {
            $0.split(separator: " ").last
        }
        #expect(buckets == ["1", "1", "1", "2", "2", "2", "3", "3", "3", "3", "3"])
    }
}
