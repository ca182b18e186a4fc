import CCurl
import PipelineKit

/// libcurl and nothing else: one handle, used again with its connection, and the bytes of the answers counted.
final class BareCurl {
    private let easy: sluice_easy
    private let headers: UnsafeMutablePointer<sluice_list>?
    fileprivate(set) var received = 0

    /// - Parameter request: Sent each time.
    init(_ request: TransportRequest) throws(CommandError) {
        if let problem = sluice_curl_open() { throw .broken(String(cString: problem)) }
        guard let easy = sluice_easy_new() else { throw .broken("libcurl has no memory for a transfer.") }
        self.easy = easy
        headers = request.headers.reduce(sluice_list_append(nil, "Expect:")) { list, header in
            sluice_list_append(list, "\(header.name): \(header.value)") ?? list
        }
        var codes = [
            sluice_set_text(easy, CURLOPT_URL, request.url), sluice_set_list(easy, CURLOPT_HTTPHEADER, headers),
            sluice_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count)),
            sluice_set_bytes(easy, CURLOPT_COPYPOSTFIELDS, request.body),
        ]
        let context = Unmanaged.passUnretained(self).toOpaque()
        codes.append(sluice_set_take(easy, CURLOPT_WRITEFUNCTION, countBytes, CURLOPT_WRITEDATA, context))
        guard codes.allSatisfy({ $0 == CURLE_OK }) else { throw .broken("libcurl refuses the request.") }
    }

    deinit {
        sluice_easy_free(easy)
        sluice_list_free(headers)
    }

    /// Sends the request and reads its answer to the end.
    func send() throws(CommandError) {
        let code = sluice_easy_perform(easy)
        guard code == CURLE_OK else { throw .broken("libcurl says: \(String(cString: sluice_curl_words(code))).") }
    }
}

@Sendable nonisolated private func countBytes(
    _ bytes: UnsafeMutablePointer<CChar>,
    _ size: Int,
    _ count: Int,
    _ context: UnsafeMutableRawPointer
) -> Int {
    Unmanaged<BareCurl>.fromOpaque(context).takeUnretainedValue().received += size * count
    return size * count
}
