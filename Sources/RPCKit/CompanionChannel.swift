public import PipelineKit
public import ProcessKit

/// The standard streams of a program that stays.
public struct CompanionChannel: RPCChannel {
    private let companion: Companion

    public init(_ companion: Companion) { self.companion = companion }

    public func read() throws(Failure) -> [UInt8] { try companion.read(within: Self.ever) }

    public func write(_ bytes: ArraySlice<UInt8>, within patience: Duration) throws(Failure) -> Int {
        // Whoever reads no more has ended as a rule, and is told of in the same way.
        do throws(Failure) { return try companion.offer(bytes, within: patience) } catch { throw RPCPeer.ended }
    }

    public func close() { companion.end() }

    /// `It exited with 1. The end of what it wrote to standard error: ...`; one that lives on is ended.
    public func lastWords() async -> String? {
        let impatience = Task { [companion] in
            do { try await Task.sleep(for: Self.grace) } catch { return }
            companion.end()
        }
        defer { impatience.cancel() }
        let end: String?
        do throws(Failure) { end = Self.words(for: try await companion.wait()) } catch {
            end = error.kind == .cancelled ? nil : error.message
        }
        let said = companion.errorText.trimmed
        let words = said.isEmpty ? nil : "The end of what it wrote to standard error:\n\(Self.lastLines(of: said))"
        let all = [end, words].compactMap(\.self).joined(separator: " ")
        return all.isEmpty ? nil : all
    }

    private static func words(for outcome: Outcome) -> String {
        switch outcome {
        case .finished(let finished):
            finished.memoryUsed.map { "It was ended for its memory: \(ByteCount(bytes: $0))." }
                ?? "It exited with \(finished.status)."
        case .timedOut: "It was ended as its time was up."
        }
    }

    private static func lastLines(of text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: true).suffix(12)
        return lines.map { $0.unicodeScalars.count > 300 ? "…" + $0.suffix(300) : String($0) }.joined(separator: "\n")
    }

    /// How long a program may live on that has closed its output.
    private static let grace = Duration.seconds(2)
    private static let ever = Duration.seconds(10 * 365 * 86_400)
}
