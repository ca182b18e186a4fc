import PipelineKit

/// Has the work for the elements of a step done: side by side as many as the limits allow, each when those that it needs have
/// ended.
struct TaskRuns: Sendable {
    private let work: StepWork
    private let entries: StepRuns
    private let run: LiveRun
    private let runs: RunService

    init(_ work: StepWork, _ entries: StepRuns, _ run: LiveRun, _ runs: RunService) {
        self.work = work
        self.entries = entries
        self.run = run
        self.runs = runs
    }

    /// What is known of the elements so far.
    private struct Board {
        var begun: Set<Int> = []
        var parts: [Int: StepRuns.Part] = [:]
        /// Of those that others may need, by their names.
        var results: [String: StepResult] = [:]

        var spent: Spending {
            parts.values.reduce(into: Spending()) { sum, part in
                switch part {
                case .ended(_, _, let spent), .settled(_, let spent): sum.add(spent)
                case .impossible, .asks, .leftOpen: break
                }
            }
        }
    }

    /// How far the work for each element is, in their order; without those that wait for one that is still open.
    func parts() async throws(ServiceError) -> [StepRuns.Part] {
        let limits = await run.state.limits
        let most = limits.tokens == nil ? limits.parallelSteps : 1
        let result = await withTaskGroup(of: (Int, Result<StepRuns.Part, ServiceError>).self) { group in
            var board = Board()
            var failure: ServiceError?
            while true {
                for index in next(&board, most: failure == nil ? most : 0) {
                    let (results, spent) = (board.results, board.spent)
                    group.addTask { (index, await entries.part(index, after: results, besides: spent, runs)) }
                }
                guard let (index, part) = await group.next() else { break }
                do throws(ServiceError) { try await take(try part.get(), index, &board) } catch {
                    failure = failure ?? error
                }
            }
            return failure.map { .failure($0) } ?? Result<Board, ServiceError>.success(board)
        }
        let board = try result.get()
        return work.elements.indices.compactMap { board.parts[$0] }
    }

    /// The elements to begin now.
    private func next(_ board: inout Board, most: Int) -> [Int] {
        var next: [Int] = []
        for move in work.tasks.moves(after: board.results) {
            guard let index = work.tasks.place(of: move.step), !board.begun.contains(index) else { continue }
            guard case .begin = move else {
                leaveOut(index, &board)
                // Others may need it.
                return next + self.next(&board, most: most)
            }
            let atWork = board.begun.count - board.parts.count
            guard atWork < most else { continue }
            board.begun.insert(index)
            next.append(index)
        }
        return next
    }

    private func leaveOut(_ index: Int, _ board: inout Board) {
        let task = work.tasks.steps[index]
        let missing = task.needs.filter { board.results[$0]?.status != .passed }.map { "'\($0)'" }
        let sentence = "It was left out, as it needs \(missing.joined(separator: ", "))."
        let result = StepResult(.skipped, summary: sentence)
        board.begun.insert(index)
        board.parts[index] = .settled(result, spent: Spending())
        board.results[task.id] = result
    }

    /// Takes down how far an element is, and has what others need of it brought over.
    private func take(_ part: StepRuns.Part, _ index: Int, _ board: inout Board) async throws(ServiceError) {
        let id = work.tasks.steps[index].id
        board.parts[index] = part
        guard work.tasks.steps.contains(where: { $0.needs.contains(id) }) else { return }
        switch part {
        case .asks, .leftOpen: break
        case .settled(let result, _): board.results[id] = result
        case .impossible(let sentence): board.results[id] = StepResult(.failed, summary: sentence)
        case .ended(let led, let state, let spent):
            let result = try await entries.result(of: led, state)
            board.results[id] = result
            board.parts[index] = .settled(result, spent: spent)
        }
    }
}
