import PipelineKit
import Synchronization

/// The pipelines that were read or written last: most runs of a process follow one of a few, and to read one takes longer
/// than to compare it.
enum ReadPipelines {
    private static let most = 8
    private static let last = Mutex<[(json: JSONValue, pipeline: Shared<Pipeline?>)]>([])

    /// The pipeline, and its normal form: one in memory for all runs that follow it.
    ///
    /// - Returns: `nil` for what this version cannot read.
    static func shared(_ json: JSONValue) -> (json: JSONValue, pipeline: Shared<Pipeline?>)? {
        if let known = last.withLock({ $0.first { $0.json == json } }) { return known }
        guard let pipeline = try? Pipeline(json: json) else { return nil }
        let read = (json, Shared<Pipeline?>(wrappedValue: pipeline))
        keep(read)
        return read
    }

    /// The normal form.
    static func json(_ pipeline: Pipeline) -> JSONValue {
        if let known = last.withLock({ $0.first { $0.pipeline.wrappedValue == pipeline }?.json }) { return known }
        let json = pipeline.json
        _ = shared(json)  // what is kept is what is read back
        return json
    }

    private static func keep(_ read: (json: JSONValue, pipeline: Shared<Pipeline?>)) {
        last.withLock { last in
            if last.count == most { last.removeLast() }
            last.insert(read, at: 0)
        }
    }
}
