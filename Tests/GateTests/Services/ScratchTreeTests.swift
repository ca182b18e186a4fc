import Foundation
import Glibc
import PipelineKit
import PipelineTesting
import Testing

@testable import GateKit

/// Copies of trees for programs that change what they look at.
struct ScratchTreeTests {
    @Test func aTreeIsCopiedWithoutWhatGitKeepsAndWithoutPipes() async throws {
        let files = ["a/run.sh": "true\n", "a/.git/config": "inner", ".git/config": "outer", "empty": ""]
        try await withTemporaryWorkspace(files) { workspace in
            let root = workspace.path
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(root)/a/run.sh")
            try FileManager.default.createSymbolicLink(atPath: "\(root)/out", withDestinationPath: "/etc")
            #expect(mkfifo("\(root)/pipe", 0o600) == 0)
            try await withTemporaryWorkspace { scratch in
                let copy = try await ScratchTree.copy(of: workspace, in: scratch.path)
                #expect(copy.path == "\(scratch.path)/tree")
                #expect(copy.project == root)
                let entries = try FileTree(copy.path).entries
                #expect(entries.keys.sorted() == ["a", "a/.git", "a/.git/config", "a/run.sh", "empty", "out"])
                #expect(entries["out"] == "link to /etc")
                #expect(entries["a/run.sh"]?.hasPrefix("755 ") == true)
            }
        }
    }

    @Test func whatCannotBeCopiedIsNamed() async throws {
        try await withTemporaryWorkspace { scratch in
            let source = "\(scratch.path)/nothing"
            let words = "'\(source)' could not be copied: No such file or directory."
            #expect(throws: Failure(.unavailable, words)) {
                try ScratchTree.copyFile(source, to: "\(scratch.path)/target")
            }
        }
    }
}
