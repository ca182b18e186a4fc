import Foundation
import PipelineKit
import PipelineTesting
import Testing

@testable import PipelineEngine

/// A hook runs outside of the sandbox, and so is nothing that the model could change.
struct HookPlaceTests {
    private func problem(_ run: JSONValue, in workspace: Workspace) throws -> String? {
        HookPlace.problem(try Hook(json: ["run": run]), in: [workspace.path])
    }

    @Test func noWordOfAHookLeadsIntoTheWorkspace() async throws {
        try await withTemporaryWorkspace(["checks/__main__.py": "", "lib/a.py": ""]) { workspace in
            let path = workspace.path
            try FileManager.default.createSymbolicLink(atPath: "\(path)/away", withDestinationPath: "/usr")
            for word in [
                "checks", "./checks", path, ".", "--rules=checks", "--rules=\(path)/checks", "-I\(path)/lib",
                "\(path)/away/bin/env", "\(path)/made/later",
            ] {
                let told = try problem(["/usr/bin/python3", .string(word)], in: workspace)
                #expect(
                    told == """
                        The hook '/usr/bin/python3 \(word)' names '\(word)', which lies in '\(path)', where the model could \
                        change it. Keep it elsewhere.
                        """
                )
                #expect(try problem(.string("/usr/bin/python3 \(word)"), in: workspace) != nil)
            }
        }
    }

    @Test func whatLiesElsewhereIsTaken() async throws {
        try await withTemporaryWorkspace(["checks/__main__.py": ""]) { workspace in
            let runs: [JSONValue] = [
                ". /etc/profile; /usr/bin/env", "true && . /etc/profile", "touch made-later",
                "/usr/bin/env 2>/dev/null",
                ["/usr/bin/env", "made-later", "--rules=/etc/rules", "-I/usr/lib"],
                ["/usr/bin/env", .string("\(workspace.path)-other/x")],
            ]
            for run in runs {
                let told = try problem(run, in: workspace)
                #expect(told == nil)
            }
        }
    }
}
