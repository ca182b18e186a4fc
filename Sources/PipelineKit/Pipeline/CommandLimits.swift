/// What a command and all that it starts may use at most.
public struct CommandLimits: Fields, Hashable {
    @Field("Memory of all processes together, and of each; three quarters of the machine's when left out.")
    public var memory: ByteCount? = nil
    @Field("Processes and threads at once.") public var processes: Int = 2048
    @Field("The size of a file.") public var file: ByteCount = ByteCount(bytes: 8_000_000_000)
    @Field("Processor time of each process.") public var cpu: Duration = .seconds(3600)

    public init() {}

    public func check(_ reader: inout FieldReader) {
        if let memory, memory.bytes < 64_000_000 {
            reader.problem(inValueOf: "memory", "must be at least '64 MB', but is '\(memory)'.")
        }
        if !(64...100_000).contains(processes) {
            reader.problem(inValueOf: "processes", "must be from 64 to 100000, but is \(processes).")
        }
        if file.bytes < 1_000_000 { reader.problem(inValueOf: "file", "must be at least '1 MB', but is '\(file)'.") }
        if cpu < .seconds(1) { reader.problem(inValueOf: "cpu", "must be at least '1s', but is '\(cpu.written)'.") }
    }
}
