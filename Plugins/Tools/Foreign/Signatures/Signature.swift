import PipelineKit

/// What a C function takes and gives, as a person declares it: `double(double x)`.
struct Signature: Sendable, Hashable {
    var result: CType
    var parameters: [Parameter]
    /// Whether `errno` is told after a call.
    var tellsErrno: Bool

    /// A parameter of a function.
    struct Parameter: Sendable, Hashable {
        enum Role: Sendable, Hashable {
            /// Given by the caller.
            case given
            /// A pointer to a value that the function writes.
            case written
            /// A pointer to a value that the caller gives and the function may change.
            case changed
            /// A buffer of so many bytes that the function writes.
            case buffer(bytes: Int)
            /// How many bytes another parameter has, which is told by its place.
            case length(of: Int)
            /// A pointer to that number, which the function changes to how many bytes it has written.
            case changedLength(of: Int)
        }

        var name: String
        var type: CType
        var role: Role = .given

        /// Whether a call gives it.
        var isGiven: Bool { role == .given || role == .changed }

        /// Whether a call returns it.
        var isReturned: Bool {
            switch role {
            case .written, .changed, .buffer: true
            case .given, .length, .changedLength: false
            }
        }
    }

    /// Bytes of a buffer, at most.
    static let largestBuffer = 1 << 20
    /// Parameters of a function, and members of a structure, at most.
    static let most = 32
    /// Structures in one another, at most.
    static let deepest = 8

    /// What is wrong with a value of the right kind of JSON that is given for a parameter; `nil` for nothing.
    func problem(with json: JSONValue, for parameter: Parameter) -> String? {
        if let problem = parameter.type.problem(with: json) { return problem }
        guard let place = parameters.firstIndex(of: parameter),
            let length = parameters.first(where: { $0.tells(place) }),
            let count = json.text?.utf8.count ?? parameter.type.bytes(of: json)?.count, !length.type.holds(count)
        else { return nil }
        return "has \(count) bytes, which the \(length.type.words) that tells their number cannot hold."
    }
}

extension Signature.Parameter {
    /// Whether it tells how many bytes the parameter at a place has.
    func tells(_ place: Int) -> Bool { role == .length(of: place) || role == .changedLength(of: place) }
}
