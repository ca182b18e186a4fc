public import PipelineKit

/// What can be set for a tool that runs code.
public struct SnippetSettings: Fields {
    @Field("The most time that a call may ask for.") var maxTimeout: Duration = .seconds(600)
    @Field("How much of the output is kept, most of it from the end.") var maxOutput = ByteCount(bytes: 32_000)
    @Field("The program that runs the code, by path or name, in place of the one that is found.")
    var program: String? = nil
    public init() {}

    /// - Throws: ``Failure/Kind/invalidInput`` naming what cannot be.
    func checked() throws(Failure) -> SnippetSettings {
        if maxTimeout < .seconds(1) {
            throw Failure(.invalidInput, "Field 'max_timeout' must be at least '1s', but is '\(maxTimeout.written)'.")
        }
        if maxOutput.bytes < 1_000 {
            throw Failure(.invalidInput, "Field 'max_output' must be at least '1 kB', but is '\(maxOutput)'.")
        }
        return self
    }
}
