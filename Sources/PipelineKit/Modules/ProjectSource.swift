/// Where the files of a project come from that is made for one run.
public enum ProjectSource: Sendable, Hashable {
    /// It begins as an empty directory.
    case nothing
    /// It is cloned from an address that git takes.
    case git(String)
}
