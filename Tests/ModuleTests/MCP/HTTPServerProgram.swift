import Foundation
import PipelineKit
import ProcessKit
import ProviderKit
import Testing

/// A server on this machine that prints its port, for as long as a test needs it.
struct HTTPServerProgram {
    let port: Int
    /// Ends the server with itself.
    private let companion: Companion

    static func start(_ program: String, _ words: [String]) async throws -> HTTPServerProgram {
        let companion = try await Companion.start(Command(program, words, in: "/", timeout: .seconds(600)))
        var text = ""
        while !text.contains("\n") {
            let piece = try companion.read(within: .seconds(120))
            try #require(!piece.isEmpty, "\(words): \(companion.errorText)")
            text += String(decoding: piece, as: UTF8.self)
        }
        return HTTPServerProgram(port: try #require(Int(text.split(separator: "\n")[0])), companion: companion)
    }

    func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

    func get(_ path: String) async throws -> String {
        let response = try await CurlTransport().send(
            TransportRequest(method: "GET", url: url(path), headers: [], body: [])
        )
        var body: [UInt8] = []
        while let piece = try await response.body.next() { body += piece }
        return String(decoding: body, as: UTF8.self)
    }
}
