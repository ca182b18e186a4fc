public import PipelineKit

extension [TestCase] {
    /// The cases with names that are all different: the second `adds` is `adds (2)`.
    public var numbered: [TestCase] {
        var counts: [String: Int] = [:]
        var taken = Set(map(\.id))
        return map { test in
            var test = test
            var count = counts[test.id, default: 0] + 1
            let name = test.id
            if count > 1 {
                while taken.contains("\(name) (\(count))") { count += 1 }
                test.id = "\(name) (\(count))"
                taken.insert(test.id)
            }
            counts[name] = count
            return test
        }
    }
}
