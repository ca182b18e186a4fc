import GateKit
public import PipelineKit

/// What is measured of a command; always from outside of it, whatever it prints.
public enum Clock: String, Choice {
    /// The time that passes.
    case wall
    /// What the processors work for the command and all it starts.
    case cpu
    /// The instructions of its programs, without those of the system, as callgrind counts them.
    case instructions
}

extension Clock {
    var unit: MeasuredUnit { self == .instructions ? .instructions : .seconds }

    /// What to do where the noise is too large.
    var advice: String {
        switch self {
        case .wall: "Measure with more 'runs', or with 'clock: cpu'."
        case .cpu: "Measure with more 'runs', or with 'clock: instructions'."
        case .instructions: "Measure with more 'runs'."
        }
    }
}
