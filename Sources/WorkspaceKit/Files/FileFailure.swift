import Glibc
import PipelineKit

extension Failure {
    /// Why something could not be done to a path, in words.
    ///
    /// - Parameter verb: What was tried: `read`, `written`.
    init(_ fault: FileFault, _ path: String, _ verb: String) {
        let name = path.shown
        switch fault {
        case .system(let number): self = .system(number, path, verb)
        case .kind(let kind): self = .wrongKind(path, kind, verb)
        case .ofGit: self = .ofGit(path)
        case .root: self.init(.invalidInput, "'\(name)' is the workspace itself and cannot be \(verb).")
        case .notEmpty: self.init(.invalidInput, "Directory '\(name)' is not empty; delete what is in it first.")
        case .exists: self.init(.invalidInput, "'\(name)' exists already, and nothing is overwritten.")
        case .intoItself(let old): self.init(.invalidInput, "'\(old.shown)' cannot be moved into itself, to '\(name)'.")
        }
    }

    private static func system(_ number: Int32, _ path: String, _ verb: String) -> Failure {
        let name = path.shown
        let words = String(cString: strerror(number))
        return switch number {
        case EXDEV: leaves(path)
        case ENOENT: Failure(.invalidInput, "There is no file '\(name)'.")
        case ELOOP: Failure(.invalidInput, "'\(name)' goes through symbolic links that lead in a circle.")
        case ENOTDIR: Failure(.invalidInput, "'\(name)' goes through a file as if it were a directory.")
        case ENAMETOOLONG:
            Failure(.invalidInput, "'\(name)' is too long: a name has at most 255 bytes, a whole path 4095.")
        case EACCES, EPERM: Failure(.denied, "'\(name)' could not be \(verb): \(words).")
        default: Failure(.unavailable, "'\(name)' could not be \(verb): \(words).")
        }
    }

    static func leaves(_ path: String) -> Failure { Failure(.denied, "'\(path.shown)' leaves the workspace.") }

    static func ofGit(_ path: String) -> Failure {
        Failure(.denied, "'\(path.shown)' belongs to git; nothing in a '.git' directory can be changed.")
    }

    static func wrongKind(_ path: String, _ kind: FileKind, _ verb: String) -> Failure {
        let end = kind == .directory ? "" : "; only files can be \(verb)"
        return Failure(.invalidInput, "'\(path.shown)' is a \(kind.rawValue)\(end).")
    }

    static func tooLarge(_ path: String, _ size: Int, _ limit: Int, _ verb: String) -> Failure {
        Failure(.invalidInput, "'\(path.shown)' has \(size) bytes; at most \(limit) can be \(verb) at once.")
    }
}
