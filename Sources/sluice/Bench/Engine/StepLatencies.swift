import Dispatch
import PipelineEngine
import PipelineKit
import Synchronization

/// Tells how long a step took, at some of them: the median of the last fifty, from one recorded end to the next.
final class StepLatencies: Sendable {
    private static let window = 50

    private let lines: BenchLines
    private let marks: Set<Int>
    /// When each of the last steps ended, and how many have.
    private let ends = Mutex((times: [UInt64](), count: 0))

    init(_ lines: BenchLines, marks: Set<Int>) {
        self.lines = lines
        self.marks = marks
    }

    func take(_ item: EventFeed.Item) {
        guard case .event(_, let event) = item, case .callFinished = event.payload else { return }
        let now = DispatchTime.now().uptimeNanoseconds
        let mark = ends.withLock { ends -> (step: Int, microseconds: Double)? in
            ends.times.append(now)
            ends.count += 1
            if ends.times.count > 2 * Self.window { ends.times.removeFirst(ends.times.count - Self.window - 1) }
            return marks.contains(ends.count) ? (ends.count, Self.median(ends.times)) : nil
        }
        guard let mark else { return }
        lines.tell("lat", ["step": .int(mark.step), "us": .double(mark.microseconds)])
    }

    private static func median(_ times: [UInt64]) -> Double {
        let last = times.suffix(window + 1)
        let steps = zip(last.dropFirst(), last).map { $0 - $1 }.sorted()
        return steps.isEmpty ? 0 : Double(steps[steps.count / 2] / 100) / 10
    }
}
