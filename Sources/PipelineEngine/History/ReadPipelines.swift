import PipelineKit
import Synchronization

/// The pipelines that were read or written last: most runs of a process follow one of a few, and to read one takes longer
/// than to compare it.
enum ReadPipelines {
    private static let most = 8
    private static let last = Mutex<[(json: JSONValue, pipeline: Pipeline)]>([])

    /// - Returns: `nil` for what this version cannot read.
    static func pipeline(_ json: JSONValue) -> Pipeline? {
        if let known = last.withLock({ $0.first { $0.json == json }?.pipeline }) { return known }
        guard let pipeline = try? Pipeline(json: json) else { return nil }
        keep(json, pipeline)
        return pipeline
    }

    /// The normal form.
    static func json(_ pipeline: Pipeline) -> JSONValue {
        if let known = last.withLock({ $0.first { $0.pipeline == pipeline }?.json }) { return known }
        let json = pipeline.json
        _ = Self.pipeline(json)  // what is kept is what is read back
        return json
    }

    private static func keep(_ json: JSONValue, _ pipeline: Pipeline) {
        last.withLock { last in
            if last.count == most { last.removeLast() }
            last.insert((json, pipeline), at: 0)
        }
    }
}
