public import PipelineKit

/// Something that passes by while work is under way, for those who watch; recorded nowhere.
public enum LivePiece: Sendable, Hashable {
    case model(turn: Int, ModelPiece)
    case call(CallID, output: String)
    case check(output: String)
}

/// An instant at which a test may end the process, to see what is left of it.
public struct FaultPoint: Sendable {
    private let reach: @Sendable (String) -> Void

    /// - Parameter reach: Told the name of each instant as it is reached.
    public init(_ reach: @escaping @Sendable (String) -> Void) { self.reach = reach }

    public static let none = FaultPoint { _ in }

    public func callAsFunction(_ name: String) { reach(name) }
}
