import PipelineKit
import Synchronization

/// Gathers the pieces of a reply.
final class PieceList: Sendable {
    private let list = Mutex<[ModelPiece]>([])
    var all: [ModelPiece] { list.withLock(\.self) }
    @Sendable func add(_ piece: ModelPiece) { list.withLock { $0.append(piece) } }
}
