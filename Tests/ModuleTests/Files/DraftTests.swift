import Foundation
import PipelineKit
import Testing
import WorkspaceKit

/// What a killed process had half written is removed, and nothing else.
struct DraftTests {
    @Test func onlyAbandonedDraftsAreRemoved() async throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "drafts-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: root) }
        for directory in ["src", ".git"] {
            try FileManager.default.createDirectory(atPath: "\(root)/\(directory)", withIntermediateDirectories: true)
        }
        let kept = [".sluice-3.tmp", ".sluice-notes.tmp", "sluice-4.tmp", ".git/.sluice-5.tmp", "a.py"]
        for name in [".sluice-1.tmp", "src/.sluice-2.tmp"] + kept {
            try Data().write(to: URL(filePath: "\(root)/\(name)"))
        }
        let writer = open("\(root)/.sluice-3.tmp", O_RDONLY)
        #expect(flock(writer, LOCK_EX) == 0)

        await GitWorkspaceKeeper(state: "\(root).state").removeDrafts(in: Workspace(path: root))

        let left = try FileManager.default.subpathsOfDirectory(atPath: root).filter { $0 != "src" && $0 != ".git" }
        #expect(Set(left) == Set(kept))
        close(writer)
    }
}
