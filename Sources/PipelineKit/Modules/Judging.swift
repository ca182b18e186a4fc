/// What a gate asks a model that helps it to judge.
public struct JudgeQuestion: Sendable, Hashable {
    /// `nil` for another model than those that do the work.
    public var model: ModelName?
    /// Who the model is and what it judges by.
    public var system: String
    /// What is judged. Whatever the work may have written stands between ``Fence`` marks.
    public var text: String
    /// What the answer is to be JSON of; `nil` for words.
    public var form: ReplyForm?
    /// Tokens of the answer, at most.
    public var maximumOutput: Int

    public init(
        model: ModelName? = nil,
        system: String,
        text: String,
        form: ReplyForm? = nil,
        maximumOutput: Int = 2_000
    ) {
        self.model = model
        self.system = system
        self.text = text
        self.form = form
        self.maximumOutput = maximumOutput
    }
}

/// What a model answered a gate.
public struct JudgeAnswer: Sendable, Hashable {
    /// Who was asked.
    public var model: ModelName
    public var reply: ModelReply

    public init(model: ModelName, reply: ModelReply) {
        self.model = model
        self.reply = reply
    }
}

/// Puts a question of a gate to a model.
///
/// - Throws: ``Failure/Kind/missing`` where no model can be asked, ``Failure/Kind/cancelled`` when the check has to end
///   here, for a limit or with the run, and what the model's service says. A gate throws it on: an answer that never
///   came is not a yes.
public typealias JudgeAsker = @Sendable (JudgeQuestion) async throws(Failure) -> JudgeAnswer

/// Marks around a text of others, so that a model can tell it from what it was told to do.
public struct Fence: Sendable, Hashable {
    private let mark: String

    /// - Parameter texts: What will stand between the marks; none of them has a mark in it, whatever it was written for.
    public init(around texts: [String]) {
        var number = 0
        while true {
            let mark = "=====\(number == 0 ? "" : "\(number)")"
            if !texts.contains(where: { $0.contains(mark) }) {
                self.mark = mark
                return
            }
            number += 1
        }
    }

    /// The text between its marks, under a name.
    public func around(_ text: String, named name: String) -> String {
        "\(mark) begin of \(name)\n\(text)\n\(mark) end of \(name)"
    }
}
