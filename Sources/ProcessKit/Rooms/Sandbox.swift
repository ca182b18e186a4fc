public import PipelineKit

/// The sandboxes of this process, as whoever puts up their walls sees them.
public enum Sandbox {
    /// Runs a command in a sandbox like any other.
    ///
    /// - Parameter walls: The directories it names have to be there.
    /// - Throws: ``PipelineKit/Failure/Kind/missing`` without bubblewrap, ``PipelineKit/Failure/Kind/unavailable`` when
    ///   the system forbids what it needs; with what to do.
    public static func check(_ walls: Confinement) async throws(Failure) {
        var command = Command("/bin/true", in: "/", timeout: .seconds(30))
        command.confinement = walls
        let finished = try await run(command)
        guard finished.status == 0 else {
            throw Failure(.unavailable, "A program in a sandbox ended with \(finished.status): \(finished.errors.text)")
        }
    }

    /// Begins to make a sandbox that a command will soon need, and returns at once; whoever needs it waits for the rest.
    public static func prepare(_ walls: Confinement) { Rooms.shared.prepare(walls) }

    /// What was reached inside of walls, or refused, since this was last asked.
    public static func takeNetworkUse(of walls: Confinement) -> [NetworkUse] { Rooms.shared.takeNetworkUse(of: walls) }

    /// Lets nobody else in; who is inside may finish.
    ///
    /// It may block for as long as a process takes to end.
    public static func close(_ walls: Confinement) { Rooms.shared.close(walls) }
}
