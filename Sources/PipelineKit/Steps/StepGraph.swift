/// The steps of a pipeline and what needs what, with everything that is wrong with it.
public struct StepGraph: Sendable, Hashable {
    public let steps: [Step]
    /// What its nodes are called where something is wrong with them.
    private let noun: String
    /// The places of the steps in an order in which each stands behind those it needs; of those that could be next, the
    /// one that was written first. Without those that are part of a circle, or wait for one.
    public let order: [Int]
    private let places: [String: Int]
    /// For each step, all that end before it begins.
    private let before: [Set<Int>]

    public init(_ steps: [Step]) { self.init(steps, called: "step") }

    init(_ steps: [Step], called noun: String) {
        self.steps = steps
        self.noun = noun
        places = Dictionary(steps.enumerated().map { ($1.id, $0) }) { first, _ in first }
        let (order, before) = Self.sorted(steps, places)
        self.order = order
        self.before = before
    }

    /// A step by its name.
    public subscript(id: String) -> Step? { places[id].map { steps[$0] } }

    /// The names of the steps that have ended whenever this one begins.
    public func ancestors(of id: String) -> Set<String> {
        guard let place = places[id] else { return [] }
        return Set(before[place].map { steps[$0].id })
    }

    /// The place of a step among those of the pipeline, from 0.
    public func place(of id: String) -> Int? { places[id] }

    /// Whether the step is to work in files of its own, as another one may change the same at the same time.
    public func needsOwnFiles(_ id: String) -> Bool {
        guard let step = self[id], step.changesFiles else { return false }
        return step.each != nil || step.race != nil || steps.contains { $0.changesFiles && mayOverlap($0.id, id) }
    }

    /// Whether two steps may be under way at the same time.
    public func mayOverlap(_ one: String, _ other: String) -> Bool {
        one != other && !ancestors(of: one).contains(other) && !ancestors(of: other).contains(one)
    }

    private static func sorted(_ steps: [Step], _ places: [String: Int]) -> ([Int], [Set<Int>]) {
        let needs = steps.map { step in Set(step.needs.compactMap { places[$0] }) }
        var (order, done) = ([Int](), Set<Int>())
        var before = needs.map { _ in Set<Int>() }
        while let next = steps.indices.first(where: { !done.contains($0) && needs[$0].isSubset(of: done) }) {
            before[next] = needs[next].reduce(needs[next]) { $0.union(before[$1]) }
            order.append(next)
            done.insert(next)
        }
        return (order, before)
    }
}

// What is wrong with it.
extension StepGraph {
    /// The most steps that a pipeline may have.
    public static let most = 200

    /// All mistakes, each where it stands below `steps`.
    public var problems: [FieldProblem] {
        guard steps.count <= Self.most else {
            return [
                FieldProblem(FieldPath(), "A pipeline has \(Self.most) steps at most, but this one has \(steps.count).")
            ]
        }
        let own = ownProblems + conditionProblems
        return own.isEmpty ? deadSteps : own
    }

    /// What is wrong with names and needs alone.
    var ownProblems: [FieldProblem] { doubles + unknownNeeds + circles }

    private var doubles: [FieldProblem] {
        steps.enumerated().compactMap { index, step in
            guard let first = places[step.id], first != index else { return nil }
            let path = FieldPath().appending(index).appending("id")
            return FieldProblem(path, "There is a \(noun) '\(step.id)' already.")
        }
    }

    private var unknownNeeds: [FieldProblem] {
        steps.enumerated().flatMap { index, step in
            step.needs.enumerated().compactMap { place, need in
                let path = FieldPath().appending(index).appending("needs").appending(place)
                if need == step.id { return FieldProblem(path, "The \(noun) '\(need)' needs itself.") }
                guard places[need] == nil else { return nil }
                let near = Suggestion.sentence(for: need, among: places.keys)
                return FieldProblem(path, "There is no \(noun) '\(need)'.\(near)")
            }
        }
    }

    /// One for each circle, at the step of it that was written first.
    private var circles: [FieldProblem] {
        var left = Set(steps.indices).subtracting(order)
        var problems: [FieldProblem] = []
        for start in steps.indices where left.contains(start) {
            guard let circle = circle(from: start, in: left), circle.count > 1 else { continue }
            let names = (circle + [circle[0]]).map { "'\(steps[$0].id)'" }.joined(separator: " needs ")
            let path = FieldPath().appending(start).appending("needs")
            problems.append(FieldProblem(path, "These \(noun)s wait for each other for ever: \(names)."))
            left.subtract(circle)
        }
        return problems
    }

    /// The shortest way back to a step along what needs what; breadth first.
    private func circle(from start: Int, in left: Set<Int>) -> [Int]? {
        var ways = [[start]]
        var seen: Set<Int> = []
        while !ways.isEmpty {
            var longer: [[Int]] = []
            for way in ways {
                for next in steps[way[way.count - 1]].needs.compactMap({ places[$0] }) where left.contains(next) {
                    if next == start { return way }
                    if seen.insert(next).inserted { longer.append(way + [next]) }
                }
            }
            ways = longer
        }
        return nil
    }
}
