import Foundation
import PipelineKit
import ProcessKit
import Testing
import WorkspaceKit

/// What commands in a sandbox see of the settings of a repository: nothing that may hold a key.
struct GitSettingsTests {
    @Test(arguments: [
        ("core.abbrev", "12", "12"),
        ("user.name", "Ada \"of\" C:\\Lovelace\tand\nByron", "Ada \"of\" C:\\Lovelace\tand\nByron"),
        ("branch.a \"b\\c.remote", "origin", "origin"),
        ("filter.lfs.process", "git-lfs filter-process", "git-lfs filter-process"),
        ("remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*", "+refs/heads/*:refs/remotes/origin/*"),
        ("remote.origin.url", "https://KEY@git.test/a/b.git", "https://git.test/a/b.git"),
        ("remote.origin.url", "https://ada:KEY@git.test:8443/a@b.git", "https://git.test:8443/a@b.git"),
        ("remote.origin.url", "https://ada:K@KEY@git.test/a", "https://git.test/a"),
        ("remote.origin.pushurl", "https://git.test/a?token=KEY#KEY", "https://git.test/a"),
        ("remote.origin.url", "https://ada:KEY@", "https://"),
        ("remote.origin.url", "git@git.test:a/b.git", "git@git.test:a/b.git"),
        ("remote.origin.url", "/srv/git/a.git", "/srv/git/a.git"),
        ("branch.main.remote", "https://ada:KEY@git.test/a", "https://git.test/a"),
        ("remote.origin.proxy", "http://ada:KEY@proxy.test", ""),
        ("http.extraHeader", "Authorization: Bearer KEY", ""),
        ("http.https://git.test/.extraheader", "KEY", ""),
        ("credential.helper", "!echo password=KEY", ""),
        ("core.sshCommand", "sshpass -p KEY ssh", ""),
        ("url.https://KEY@git.test/.insteadOf", "https://git.test/", ""),
        ("alias.pr", "!curl -H 'PRIVATE-TOKEN: KEY' git.test", ""),
        ("sendemail.smtpPass", "KEY", ""),
    ])
    func aCommandSeesWhatGitNeedsAndNoKey(name: String, value: String, shown: String) async throws {
        try await Cell.withSetting(name, value) { cell async throws in
            let read = try await cell.run("git config --get '\(name)'").output.text
            #expect(read == (shown.isEmpty ? "" : shown + "\n"))
            #expect(!(try await cell.says("cat .git/config; git config --list; git remote -v")).contains("KEY"))
            #expect(try await cell.says("git log --format=%s") == "first")
        }
    }

    @Test func whatIsSetWhileCommandsRunIsNotSeenByTheNext() async throws {
        try await Cell.withSetting("core.abbrev", "12") { cell async throws in
            #expect(try await cell.says("git config core.abbrev") == "12")
            try await cell.configure("http.extraHeader", "KEY")
            #expect(try await cell.says("git config core.abbrev; cat .git/config | grep -c KEY") == "12\n0")
        }
    }

    @Test func theSettingsOfSubmodulesAndWorktreesAreClearedToo() async throws {
        try await Project.with(["README.md": "a project\n"], git: true) { project in
            let places = ["modules/a", "modules/deep/er", "modules/a/modules/b", "worktrees/w"]
            for place in places {
                let directory = "\(project.path)/.git/\(place)"
                try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
                for file in ["HEAD", "config", "config.worktree"] {
                    let text =
                        file == "HEAD"
                        ? "ref: refs/heads/main\n" : "[http]\n\textraHeader = KEY\n[user]\n\tname = Ada\n"
                    try text.write(toFile: "\(directory)/\(file)", atomically: true, encoding: .utf8)
                }
            }
            var workspace = Workspace(path: project.path)
            let sandboxes = WorkspaceSandboxes(state: project.state)
            workspace.confinement = try await sandboxes.walls(for: "r1", workspace, WorkspacePolicy(), .calls)
            let line =
                "cat .git/worktrees/w/config.worktree; cd .git/modules; cat */config deep/er/config a/modules/b/config"
            let seen = try await run(.shell(line, in: workspace)).output.text
            #expect(seen == String(repeating: "[user]\n\tname = \"Ada\"\n", count: 4))
            let all = try await run(.shell("grep -r KEY .git | grep -v 'w/config:'", in: workspace)).output.text
            #expect(all == "")
        }
    }

    @Test func settingsThatGitCannotReadAreShownAsNone() async throws {
        try await Project.with(["README.md": "a project\n"], git: true) { project in
            var workspace = Workspace(path: project.path)
            let module = "\(project.path)/.git/modules/a"
            try FileManager.default.createDirectory(atPath: module, withIntermediateDirectories: true)
            try "".write(toFile: "\(module)/HEAD", atomically: true, encoding: .utf8)
            try "[http\nKEY".write(toFile: "\(module)/config", atomically: true, encoding: .utf8)
            let sandboxes = WorkspaceSandboxes(state: project.state)
            workspace.confinement = try await sandboxes.walls(for: "r1", workspace, WorkspacePolicy(), .calls)
            let seen = try await run(.shell("wc -c < .git/modules/a/config", in: workspace)).output.text
            #expect(seen == "0\n")
        }
    }
}

extension Cell {
    /// Lends a cell whose repository had a setting when its walls were put up.
    fileprivate static func withSetting(
        _ name: String,
        _ value: String,
        _ body: (Cell) async throws -> Void
    ) async throws {
        try await with { cell in
            try await cell.configure(name, value)
            var cell = cell
            cell.workspace.confinement = try await cell.sandboxes.walls(
                for: "r1",
                cell.workspace,
                WorkspacePolicy(),
                .calls
            )
            try await body(cell)
        }
    }

    /// As a person does outside of the sandbox.
    fileprivate func configure(_ name: String, _ value: String) async throws {
        let finished = try await ProcessKit.run(Command("/usr/bin/git", ["config", name, value], in: path))
        #expect(finished.status == 0)
    }
}
