import CCurl
import PipelineKit

/// Sets the options of a transfer, up to the first that libcurl refuses.
struct TransferOptions {
    private let easy: sluice_easy
    private(set) var code = CURLE_OK

    init(of easy: sluice_easy) { self.easy = easy }

    mutating func set(_ option: CURLoption, _ number: Int) {
        note { sluice_set_long($0, option, number) }
    }

    mutating func set(_ option: CURLoption, _ text: String) {
        note { sluice_set_text($0, option, text) }
    }

    mutating func set(
        _ function: CURLoption,
        _ take: @escaping sluice_take,
        _ data: CURLoption,
        _ context: UnsafeMutableRawPointer
    ) {
        note { sluice_set_take($0, function, take, data, context) }
    }

    /// Lets it connect to public addresses only: by no proxy, and by no connection that was opened for another request.
    mutating func guardAddresses(_ context: UnsafeMutableRawPointer) {
        set(CURLOPT_PROXY, "")
        set(CURLOPT_FRESH_CONNECT, 1)
        set(CURLOPT_FORBID_REUSE, 1)
        note { sluice_set_open($0, onOpen, context) }
    }

    /// Method and body; libcurl copies the body.
    mutating func setBody(_ body: [UInt8], method: String) {
        switch method {
        case "GET" where body.isEmpty: break
        case "HEAD": set(CURLOPT_NOBODY, 1)
        default:
            note { sluice_set_size($0, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)) }
            note { sluice_set_bytes($0, CURLOPT_COPYPOSTFIELDS, body) }
            set(CURLOPT_CUSTOMREQUEST, method)
        }
    }

    /// - Returns: the list of libcurl, which must outlive the transfer.
    mutating func setHeaders(_ headers: [TransportRequest.Header]) -> UnsafeMutablePointer<sluice_list>? {
        // Without `Expect:` libcurl would wait up to a second for leave to send a body of more than a megabyte.
        var lines = ["Expect:"]
        if !headers.contains(where: { $0.name.lowercased() == "user-agent" }) { lines.append("User-Agent: sluice") }
        // `Name;` is libcurl's way to write a header without a value; `Name:` would remove it.
        lines += headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        var list: UnsafeMutablePointer<sluice_list>?
        for line in lines {
            if let longer = sluice_list_append(list, line) { list = longer } else { code = CURLE_OUT_OF_MEMORY }
        }
        note { sluice_set_list($0, CURLOPT_HTTPHEADER, list) }
        return list
    }

    private mutating func note(_ step: (sluice_easy) -> CURLcode) {
        if code == CURLE_OK { code = step(easy) }
    }
}
