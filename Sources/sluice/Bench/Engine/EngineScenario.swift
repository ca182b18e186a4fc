/// What `sluice bench engine` can be asked to do. N, R and B are `--n`, `--runs` and `--bytes`.
enum EngineScenario: String, CaseIterable {
    /// One run of N steps, a hundred in each reply of the model. Prints latencies.
    case steps
    /// The same, with B bytes of output from each step, which the conversation grows by. Prints latencies.
    case grow
    /// One run of an agent's loop: N replies with one writing call each, whose output has B bytes. The call's beginning is
    /// recorded as well as its end. Prints latencies.
    case turns
    /// One run of N steps and one more, which prints `hang` and blocks for ever: the driver kills it. Prints latencies.
    case crash
    /// Goes on with what an earlier process left in the directory. Of `crash`, prints `resumed` as it enters the step
    /// that was interrupted, unless that may not be repeated; of `wait`, goes on where its runs wait. Of a run that has
    /// ended it prints the end again.
    case resume
    /// R runs of N steps at once.
    case conc
    /// R runs of three steps that then wait for a person. When all do it prints `waiting`; at a line `go` on standard
    /// input it approves and finishes them. When the input ends before that they are left waiting, for `resume`, and the
    /// exit status is 2.
    case wait
    /// One run of N steps, begun in an empty directory and gone on with in one where it was begun: for a driver that kills
    /// the process again and again until it prints the end. Each process prints `resumed` as it enters its first step.
    case kill
    /// What lists cost among R runs that wait for a person. Prints `list`.
    case lists

    /// Of a run of `wait`, whatever is asked for.
    static let stepsOfWait = 3

    /// Whether each step writes `<run> <step>` to `effects.log`.
    var hasEffects: Bool {
        switch self {
        case .crash, .resume, .kill: true
        case .steps, .grow, .turns, .conc, .wait, .lists: false
        }
    }

    /// Whether it is about what a process leaves on disk.
    var outlivesProcess: Bool { hasEffects }

    /// Whether the store must be a file.
    var needsFile: Bool { outlivesProcess || self == .lists }

    /// How many calls a reply asks for.
    var callsOfReply: Int { self == .turns ? 1 : 100 }
}
