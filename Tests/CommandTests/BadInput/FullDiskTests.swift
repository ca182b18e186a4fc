import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// The disk is full in the middle of a run: nothing recorded is lost, and the run goes on when there is room.
struct FullDiskTests {
    private static let pipeline = """
        name: full
        model: scripted/script.json
        goal: { gate: command, with: { command: "false" } }
        tools: { allow: [bash_exec], with: { bash_exec: { max_output: 1MB } } }
        limits: { iterations: 1 }
        workspace: { sandbox: off }

        """

    @Test(.enabled(if: SmallDisk.isAllowed, "only root may mount a small disk"))
    func aRunStopsAndGoesOnWhenThereIsRoom() async throws {
        try await withBench { bench in
            try SmallDisk.mount(at: bench.state)
            defer { umount2(bench.state, Int32(MNT_DETACH)) }
            // What it prints is more than there is room for in the log, which was made while the disk had some.
            let print = #"head -c 600000 /dev/zero | tr '\0' x"#
            let line = #"cat /dev/zero > "$HOME/../state/filler" 2> /dev/null; "# + print
            let call: JSONValue = ["tool": "bash_exec", "arguments": ["command": .string(line)]]
            try bench.write(JSONValue.array([["calls": [call]], ["text": "Done."]]).jsonText, to: "script.json")
            try bench.write(Self.pipeline, to: "full.yaml")
            let ended = try await bench.sluice("run", "full.yaml", "--cwd", "project")
            let sentence = "cannot be written: the disk is full. Nothing was written; make room and try again."
            #expect(ended.errors == "The database '\(bench.database)' \(sentence)\n")
            #expect(ended.status == 70)

            try FileManager.default.removeItem(atPath: "\(bench.state)/filler")
            let before = try await bench.events()
            #expect(before.last?.payload == .callStarted("1.1"))
            #expect(try await bench.sluice("resume").status == 2, "whether to fill the disk again is asked")
            let answer = try await bench.sluice("approve", "last", "--reject", "--resume")
            #expect(answer.status == 1, "\(answer)")
            let events = try await bench.events()
            #expect(Array(events.prefix(before.count)) == before)
            #expect(RunState(replaying: events).status == .notAchieved)
        }
    }
}

/// A disk of four megabytes: a tmpfs.
private enum SmallDisk {
    static let isAllowed: Bool = {
        let place = FileManager.default.temporaryDirectory.appending(path: "disk-\(UUID().uuidString)").path
        defer { rmdir(place) }
        guard (try? mount(at: place)) != nil else { return false }
        return umount(place) == 0
    }()

    static func mount(at path: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard Foundation.mount("none", path, "tmpfs", 0, "size=4m") == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EPERM)
        }
    }
}
