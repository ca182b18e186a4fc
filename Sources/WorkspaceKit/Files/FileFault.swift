import Glibc

/// Why something could not be done to a file, before it is put in words.
enum FileFault: Error, Hashable {
    /// The number a system call left; errno(3).
    case system(Int32)
    case kind(FileKind)
    /// The name is in a `.git`.
    case ofGit
    /// The path is the workspace itself.
    case root
    case notEmpty
    case exists
    case intoItself(String)

    /// Something that is not what it should be; it is made anew where that is possible.
    static let damaged = FileFault.system(EBADMSG)
    /// Something that is left to git.
    static let unusual = FileFault.system(ENOTSUP)

    static var last: FileFault { .system(errno) }

    var number: Int32? { if case .system(let number) = self { number } else { nil } }
}
