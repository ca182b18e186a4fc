extension Verdict {
    /// The verdict, given what was judged at the start: one that holds must hold with all the cases of then.
    ///
    /// It fails when a case of the start is gone, or is skipped and was not. A case that broke outside of a test stands
    /// for what is now in it: at the start `tests/test_a.py` could not be collected, now `tests/test_a.py::test_x`
    /// passes. Cases that are new are welcome.
    public func compared(toBaseline baseline: [TestCase]) -> Verdict {
        guard holds else { return self }
        let comparison = BaselineComparison(cases)
        let losses = baseline.compactMap(comparison.loss)
        guard !losses.isEmpty else { return self }
        var verdict = self
        verdict.outcome = .failed
        verdict.reason = losses.sentences(atMost: 5)
        verdict.score = Double(baseline.count - losses.count) / Double(baseline.count)
        return verdict
    }

    /// The verdict of two checks of one and the same tree, of which `again` is the later.
    ///
    /// One that held and one that did not is ``Outcome/flaky``, naming the cases that differ.
    public func confirmed(by again: Verdict) -> Verdict {
        guard outcome != again.outcome, outcome != .flaky, again.outcome != .flaky else {
            return outcome == .flaky ? self : again
        }
        var verdict = again
        verdict.outcome = .flaky
        verdict.reason = "Two checks of the same tree disagree: \(differences(to: again))"
        return verdict
    }

    private func differences(to again: Verdict) -> String {
        let before = Dictionary(cases.map { ($0.id, $0) }) { first, _ in first }
        let after = Dictionary(again.cases.map { ($0.id, $0) }) { first, _ in first }
        let order = cases + again.cases.filter { before[$0.id] == nil }
        let sentences: [String] = order.compactMap { test in
            let (old, new) = (before[test.id]?.outcome, after[test.id]?.outcome)
            return old == new ? nil : "'\(test.id)' \(Self.words(old)), then \(Self.words(new))."
        }
        return sentences.isEmpty ? "first: \(reason) Then: \(again.reason)" : sentences.sentences(atMost: 5)
    }

    private static func words(_ outcome: TestCase.Outcome?) -> String {
        switch outcome {
        case .passed: "passed"
        case .failed: "failed"
        case .error: "broke"
        case .skipped: "was skipped"
        case nil: "was not there"
        }
    }
}

/// The cases of now, to be asked for those of the start.
private struct BaselineComparison {
    private let now: [String: TestCase]
    /// The cases below each file and class that holds any.
    private let below: [String: [TestCase]]

    init(_ cases: [TestCase]) {
        now = Dictionary(cases.map { ($0.id, $0) }) { first, _ in first }
        below = cases.reduce(into: [:]) { tree, test in
            for container in test.id.containers { tree[container, default: []].append(test) }
        }
    }

    /// One sentence when the case of the start is gone or newly skipped.
    func loss(of old: TestCase) -> String? {
        if let new = now[old.id] { return skipped(new, since: old) }
        guard old.outcome == .error, let parts = below[old.id] else {
            return "The test '\(old.id)' was there at the start and is gone."
        }
        // What could not be collected has no tests to compare with; that all of them are skipped is no repair.
        return parts.allSatisfy { $0.outcome == .skipped } ? parts.first.flatMap { skipped($0, since: old) } : nil
    }

    private func skipped(_ new: TestCase, since old: TestCase) -> String? {
        guard new.outcome == .skipped, old.outcome != .skipped else { return nil }
        let words = new.message.prefix { $0 != "\n" }.prefix(200)
        let reason = words.isEmpty ? "" : ": \"\(words)\""
        return "The test '\(new.id)' is skipped now, and was not at the start\(reason)."
    }
}

extension String {
    /// What a case is in: `a/b.py::C::t[x::y]` is in `a`, `a/b.py` and `a/b.py::C`.
    fileprivate var containers: [String] {
        let name = Array(prefix { $0 != "[" })
        return name.indices.compactMap { index in
            let ends = name[index] == "/" || (name[index] == ":" && index + 1 < name.count && name[index + 1] == ":")
            return ends ? String(name[..<index]) : nil
        }
    }
}

extension [String] {
    /// The first of the sentences, and how many there are besides.
    fileprivate func sentences(atMost limit: Int) -> String {
        let shown = prefix(limit).joined(separator: " ")
        return count > limit ? "\(shown) \(count - limit) more are left out." : shown
    }
}
