import GateKit
public import PipelineKit
import WorkspaceKit

/// What a panel of judges is told; the settings of every gate that scores.
public struct ScoreSettings: Fields {
    @Field("Patterns of the files that are judged, relative to the workspace.") var files: [String]
    @Field("What they are judged by; the gate's own when left out.") var rubric: String? = nil
    @Field("The score from which on the goal holds, from 0 to 10.") var target: Double = 8
    @Field("How many votes there are; the one in the middle counts.") var votes: Int = 3
    @Field("How far the votes may lie apart; where they do more, nothing is decided.") var spread: Double = 4
    @Field("Who judges, as 'provider/model'; another model than the one that does the work when left out.")
    var model: ModelName? = nil
    @Field("The most that is judged; a model would read no more with care.") var most: ByteCount = ByteCount(
        bytes: 200_000
    )
    public init() {}
}

extension ScoreSettings {
    /// - Throws: `.invalidInput` for what cannot be.
    func patterns() throws(Failure) -> [GlobPattern] {
        func refuse(_ field: String, _ rest: String) -> Failure {
            Failure(.invalidInput, "Field '\(field)' must be \(rest).")
        }
        guard !files.isEmpty else { throw refuse("files", "a list of at least one pattern") }
        guard (0...10).contains(target) else { throw refuse("target", "from 0 to 10, but is \(target)") }
        guard (1...15).contains(votes) else { throw refuse("votes", "from 1 to 15, but is \(votes)") }
        guard spread >= 0 else { throw refuse("spread", "0 or more, but is \(spread)") }
        guard rubric.map({ !$0.trimmed.isEmpty }) ?? true else { throw refuse("rubric", "a text, but is empty") }
        return try files.map { text throws(Failure) in try GlobPattern(text) }
    }
}
