import CCurl
import FoundationEssentials
import Glibc
import PipelineKit

// Sentences about a connection. They name the host and never the URL, whose path or query may hold a key.
extension Failure {
    static func cancelled(_ target: RequestTarget) -> Failure {
        Failure(.cancelled, "The request to '\(target.host)' was cancelled.")
    }

    static func notConnected(_ target: RequestTarget, within time: Duration) -> Failure {
        Failure(.timedOut, "No connection to '\(target.host)' within \(time.inSeconds).")
    }

    static func notPublic(_ target: RequestTarget, _ address: InternetAddress) -> Failure {
        let place = target.host.contains("\(address)") ? "" : " has the address \(address), which"
        return Failure(.denied, "'\(target.host)'\(place) is no address of the public internet; nothing was sent.")
    }

    static func noAnswer(_ target: RequestTarget, within time: Duration) -> Failure {
        Failure(.timedOut, "No answer from '\(target.host)' within \(time.inSeconds).", mayHaveCost: true)
    }

    static func notTaken(_ target: RequestTarget, _ time: Duration) -> Failure {
        let sentence = "'\(target.host)' did not take the whole request: nothing could be sent for \(time.inSeconds)."
        return Failure(.timedOut, sentence)
    }

    static func stalled(_ target: RequestTarget, _ time: Duration) -> Failure {
        Failure(.timedOut, "The answer of '\(target.host)' stalled: nothing came for \(time.inSeconds).")
    }

    static func notComplete(_ target: RequestTarget, within time: Duration) -> Failure {
        let message = "The answer of '\(target.host)' was not complete within \(time.inSeconds)."
        return Failure(.timedOut, message, mayHaveCost: true)
    }

    static func noPlace(_ target: RequestTarget, within time: Duration) -> Failure {
        let others = CurlTransport.placesOfHost
        return Failure(
            .timedOut,
            "The request to '\(target.host)' was not sent within \(time.inSeconds): \(others) others are under way."
        )
    }

    static func longHead(_ target: RequestTarget) -> Failure {
        let limit = ByteCount(bytes: CurlTransport.headLimit)
        return Failure(.unavailable, "'\(target.host)' answered with more than \(limit) of headers.")
    }

    static func noHead(_ target: RequestTarget) -> Failure {
        Failure(.unavailable, "'\(target.host)' closed the connection without an answer.", mayHaveCost: true)
    }

    /// What a result of libcurl means, in words that hold nothing of the request but its host.
    ///
    /// - Parameter osError: `errno` of the failed connection, or 0.
    static func curl(_ code: CURLcode, _ target: RequestTarget, osError: Int32) -> Failure {
        let host = target.host
        let words = String(cString: sluice_curl_words(code))
        switch code {
        case CURLE_URL_MALFORMAT: return Failure(.invalidInput, "The URL of '\(host)' cannot be read: \(words).")
        case CURLE_COULDNT_RESOLVE_HOST: return Failure(.unavailable, "There is no address for the host '\(host)'.")
        case CURLE_COULDNT_RESOLVE_PROXY:
            return Failure(.unavailable, "There is no address for the proxy that the environment names for '\(host)'.")
        case CURLE_COULDNT_CONNECT:
            let reason = osError == 0 ? words : String(cString: strerror(osError))
            return Failure(.unavailable, "No connection to '\(host)': \(reason).")
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR:
            return Failure(.missing, "The certificate of '\(host)' is not trusted: \(words).")
        case CURLE_GOT_NOTHING: return .noHead(target)
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY:
            return Failure(.unavailable, "'\(host)' does not answer in HTTP.")
        default: return Failure(.unavailable, "The connection to '\(host)' broke: \(words).", mayHaveCost: true)
        }
    }
}

extension Duration {
    /// `10 s`, `0.25 s`.
    fileprivate var inSeconds: String {
        seconds == seconds.rounded() && seconds < 1e15 ? "\(Int(seconds)) s" : "\(seconds) s"
    }
}
