/// For who cannot confine anything, such as a test.
public struct NoSandbox: SandboxKeeper {
    public init() {}

    public func check() throws(Failure) {
        throw Failure(.missing, "This program cannot confine commands.")
    }

    public func walls(for run: RunID, _ workspace: Workspace, _ policy: WorkspacePolicy, _ tenant: SandboxTenant)
        throws(Failure) -> Confinement
    {
        throw Failure(.missing, "This program cannot confine commands.")
    }

    public func takeNetworkUse(of walls: Confinement) -> [NetworkUse] { [] }
    public func takeDown(_ walls: Confinement) {}
    public func discard(_ run: RunID) {}
}
