import FoundationEssentials
import Glibc

extension Error {
    /// What the system says about a call that failed, `No space left on device`, or else the error's own words.
    public var systemWords: String {
        guard let code = ((self as? CocoaError)?.underlying as? POSIXError)?.code else { return "\(self)" }
        return String(cString: strerror(code.rawValue))
    }
}
