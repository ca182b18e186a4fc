/// What a gate may compare the work with.
public enum BasePoint: Sendable, Hashable {
    /// The workspace as it was when the run began.
    case start
    /// A commit of the project's git, by any name that git knows: `main`, `v1.2`.
    case commit(String)
}
