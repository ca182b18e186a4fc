import FilesTool
import Foundation
import Glibc
import PipelineKit
import PipelineTesting
import Testing
import WorkspaceKit

/// No file tool reaches anything outside the workspace, or into git.
@Suite(.serialized) struct EscapeTests {
    /// Calls of every file tool on one path.
    private static let calls: [(tool: String, arguments: @Sendable (String) -> JSONValue)] = [
        ("file_read", { ["path": .string($0)] }), ("file_read", { ["path": .string($0), "start_line": 1] }),
        ("file_list", { ["path": .string($0)] }), ("file_write", { ["path": .string($0), "content": "evil"] }),
        ("file_patch", { ["path": .string($0), "old": "secret", "new": "evil"] }),
        ("file_insert", { ["path": .string($0), "line": 1, "content": "evil"] }),
        ("file_delete", { ["path": .string($0)] }),
        ("file_rename", { ["old_path": .string($0), "new_path": "stolen"] }),
        ("file_rename", { ["old_path": "inside", "new_path": .string($0)] }),
    ]

    static let registry: Registry = {
        var registry = Registry()
        registry.add(ReadFileTool.self)
        registry.add(ListFilesTool.self)
        registry.add(WriteFileTool.self)
        registry.add(PatchFileTool.self)
        registry.add(InsertFileTool.self)
        registry.add(DeleteFileTool.self)
        registry.add(RenameFileTool.self)
        return registry
    }()

    static func call(_ tool: String, _ arguments: JSONValue, in workspace: Workspace) async throws -> String {
        let factory = try #require(registry.tools[ModuleID(tool)])
        return try await factory.make([:]).call(arguments, ToolContext(workspace: workspace)).text
    }

    /// A workspace with a secret beside it, and links to the secret in it.
    private func withSecret(_ body: (Workspace, _ outside: String) async throws -> Void) async throws {
        try await withTemporaryWorkspace(["inside": "1\n", "dir/x": "1\n", ".git/config": "secret\n"]) { workspace in
            let outside = (workspace.path as NSString).deletingLastPathComponent
            try Data("secret\n".utf8).write(to: URL(filePath: "\(outside)/secret"))
            for (link, target) in [
                ("file", "../secret"), ("absolute", "\(outside)/secret"), ("up", ".."), ("root", "/"),
                ("dir/deep", "../../secret"),
                ("proc", "/proc/self/root\(outside)/secret"), ("chain", "file"), ("new", "../created"), ("git", ".git"),
                ("config", ".git/config"), ("self", "self"),
            ] {
                try FileManager.default.createSymbolicLink(
                    atPath: "\(workspace.path)/\(link)",
                    withDestinationPath: target
                )
            }
            try await body(workspace, outside)
        }
    }

    @Test(arguments: [
        "../secret", "dir/../../secret", "./../secret", "dir/../../workspace/../secret", "..", "/etc/passwd", "file",
        "absolute",
        "up/secret", "root/etc/passwd", "dir/deep", "proc", "chain", "new", "up", "root", "proc/x", "self", "self/x",
        "/proc/self/root/etc/passwd", "/dev/null", "a\0b", "",
    ])
    func nothingOutsideIsReached(path: String) async throws {
        try await withSecret { workspace, outside in
            let before = try FileTree(outside, except: "workspace")
            let inside = try FileTree(workspace.path)
            for (tool, arguments) in Self.calls {
                // A link itself may be deleted or renamed, as that touches its target as little as a note of its name.
                let takesLinks =
                    tool == "file_delete" || tool == "file_rename" && arguments(path)["old_path"] == .string(path)
                if takesLinks, inside.entries[path]?.hasPrefix("link") == true { continue }
                let error = await #expect(throws: Failure.self, "\(tool)") {
                    let text = try await Self.call(tool, arguments(path), in: workspace)
                    Issue.record("\(tool) said \(text)")
                }
                #expect(error?.message.contains("secret\n") == false)
            }
            #expect(try FileTree(outside, except: "workspace") == before)
            #expect(try FileTree(workspace.path) == inside)
        }
    }

    @Test(arguments: [
        ".git/config", ".git/hooks/pre-commit", ".git", ".GIT/config", "dir/.git/config", "git/config", "config",
        "./.git/x",
        "dir/../.git/config", "git/hooks/x",
    ])
    func nothingOfGitIsChanged(path: String) async throws {
        try await withSecret { workspace, _ in
            let before = try FileTree(workspace.path)
            for (tool, arguments) in Self.calls where !["file_read", "file_list"].contains(tool) {
                let takesLinks =
                    tool == "file_delete" || tool == "file_rename" && arguments(path)["old_path"] == .string(path)
                if takesLinks, before.entries[path]?.hasPrefix("link") == true { continue }
                await #expect(throws: Failure.self, "\(tool)") {
                    _ = try await Self.call(tool, arguments(path), in: workspace)
                }
            }
            #expect(try FileTree(workspace.path) == before)
        }
    }

    @Test(arguments: [
        ("../x", "'../x' leaves the workspace."), ("/x", "'/x' leaves the workspace: paths are relative to it."),
        ("up/secret", "'up/secret' leaves the workspace."), ("a\0b", "Path 'a\\0b' holds a NUL character."),
        ("", "The path is empty; '.' is the workspace itself."),
        ("self", "'self' goes through symbolic links that lead in a circle."),
        (".", "'.' is the workspace itself and cannot be written."), ("dir", "'dir' is a directory."),
        (".git/x", "'.git/x' belongs to git; nothing in a '.git' directory can be changed."),
        ("git/x", "'git/x' belongs to git; nothing in a '.git' directory can be changed."),
        ("inside/x", "'inside/x' goes through a file as if it were a directory."),
        ("fifo", "'fifo' is a FIFO; only files can be written."),
        (
            String(repeating: "n", count: 256),
            "'\(String(repeating: "n", count: 200))…' is too long: a name has at most 255 bytes, a whole path 4095."
        ),
        (
            String(repeating: "a/", count: 2500),
            "'\(String(repeating: "a/", count: 100))…' is too long: a name has at most 255 bytes, a whole path 4095."
        ),
    ])
    func aWriteThatIsRefusedSaysWhy(path: String, message: String) async throws {
        try await withSecret { workspace, _ in
            #expect(mkfifo("\(workspace.path)/fifo", 0o600) == 0)
            let error = await #expect(throws: Failure.self) {
                _ = try await Self.call("file_write", ["path": .string(path), "content": "x"], in: workspace)
            }
            #expect(error?.message == message)
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: ["fifo", "link-to-fifo"])
    func aFIFOIsNotOpened(path: String) async throws {
        try await withTemporaryWorkspace { workspace in
            #expect(mkfifo("\(workspace.path)/fifo", 0o600) == 0)
            try FileManager.default.createSymbolicLink(
                atPath: "\(workspace.path)/link-to-fifo",
                withDestinationPath: "fifo"
            )
            for (tool, arguments) in Self.calls where !["file_delete", "file_rename"].contains(tool) {
                await #expect(throws: Failure.self, "\(tool)") {
                    _ = try await Self.call(tool, arguments(path), in: workspace)
                }
            }
        }
    }

    /// Somebody swaps a directory for a link to the outside, again and again, while files in it are written and read.
    @Test func aLinkThatIsSwappedInLeadsNowhere() async throws {
        try await withSecret { workspace, outside in
            let path = workspace.path
            try FileManager.default.createDirectory(atPath: "\(outside)/target", withIntermediateDirectories: true)
            try Data("secret\n".utf8).write(to: URL(filePath: "\(outside)/target/x"))
            symlink("../target", "\(path)/swap")
            let before = try FileTree(outside, except: "workspace")
            async let swaps: Void = Self.swap("\(path)/swap", "\(path)/dir", times: 20_000)
            var writes = 0
            for _ in 0..<200 {
                let write = try? await Self.call("file_write", ["path": "dir/x", "content": "1\n"], in: workspace)
                writes += write == nil ? 0 : 1
                let read = try? await Self.call("file_read", ["path": "dir/x"], in: workspace)
                #expect(read != "secret\n")
            }
            await swaps
            #expect(writes > 0)
            #expect(try FileTree(outside, except: "workspace") == before)
        }
    }

    /// Lets two names change places, again and again.
    @concurrent static func swap(_ one: String, _ other: String, times: Int) async {
        for _ in 0..<times {
            _ = rename(one, one + ".tmp") + rename(other, one) + rename(one + ".tmp", other)
        }
    }
}
