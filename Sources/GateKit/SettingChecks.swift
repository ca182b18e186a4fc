public import PipelineKit

/// What the settings of several gates have in common.
public enum SettingChecks {
    /// - Throws: ``PipelineKit/Failure/Kind/invalidInput`` for a time in which nothing can end.
    public static func require(timeout: Duration) throws(Failure) {
        guard timeout > .zero else { throw Failure(.invalidInput, "Field 'timeout' must be longer than 0s.") }
    }

    /// Refuses arguments by which a gate would not hear what happened.
    ///
    /// - Parameter reserved: Options as they are written, `--output-junit`; with a value they may have a `=`.
    /// - Throws: ``PipelineKit/Failure/Kind/invalidInput`` naming the first of them.
    public static func refuse(
        _ reserved: Set<String>,
        in arguments: [String],
        of field: String = "args"
    ) throws(Failure) {
        guard let option = arguments.first(where: { reserved.contains(String($0.prefix { $0 != "=" })) }) else {
            return
        }
        throw Failure(.invalidInput, "Field '\(field)' must not hold '\(option)': the gate itself sets it.")
    }
}
