import HTTPKit
import PipelineEngine
import PipelineKit

/// Tells a run as its history has it: each event as a line of an export, and between them pieces that are kept nowhere.
struct NativeRenderer: FrameRenderer {
    var isOver: Bool

    static func sequence(of item: EventFeed.Item) -> Int? {
        if case .event(_, let event) = item { event.sequence } else { nil }
    }

    mutating func frames(for item: EventFeed.Item) -> [Frame] {
        switch item {
        case .event(let run, let event):
            switch event.payload {
            case .runFinished: isOver = true
            case .runReopened: isOver = false
            default: break
            }
            return [Frame(sequence: event.sequence, text: EventLine(event, of: run).encoded)]
        case .piece(_, let piece): return [Frame(sequence: nil, name: "piece", text: piece.json.encoded())]
        }
    }
}

extension LivePiece {
    fileprivate var json: JSONValue {
        switch self {
        case .model(let turn, let piece):
            .object(["kind": "model", "turn": .int(turn)].merging(piece.members) { _, new in new })
        case .call(let id, let output): ["kind": "call", "call": .string(id.value), "output": .string(output)]
        case .check(let output): ["kind": "check", "output": .string(output)]
        }
    }
}

extension ModelPiece {
    fileprivate var members: [String: JSONValue] {
        switch self {
        case .text(let text): ["text": .string(text)]
        case .reasoning(let text): ["reasoning": .string(text)]
        case .call(let tool): ["tool": .string(tool)]
        }
    }
}
