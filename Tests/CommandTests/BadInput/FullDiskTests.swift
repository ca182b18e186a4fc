import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// The disk is full in the middle of a run: nothing recorded is lost, and the run goes on when there is room.
struct FullDiskTests {
    @Test(.enabled(if: SmallDisk.isAllowed, "only root may mount a small disk"))
    func aRunStopsAndGoesOnWhenThereIsRoom() async throws {
        try await withBench { bench in
            try SmallDisk.mount(at: bench.state)
            defer { umount2(bench.state, Int32(MNT_DETACH)) }
            let line = #"cat /dev/zero > "$HOME/../state/filler" 2> /dev/null; true"#
            let call: JSONValue = ["tool": "bash_exec", "arguments": ["command": .string(line)]]
            try bench.write(JSONValue.array([["calls": [call]], ["text": "Done."]]).jsonText, to: "script.json")
            let words = ["run", "command", "--set", "command=false", "--allow", "bash_exec", "--iterations", "1"]
            let ended = try await bench.start(words + ["--cwd", "project", "--model", "scripted/script.json"]).ended()
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
