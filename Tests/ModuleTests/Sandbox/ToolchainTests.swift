import Foundation
import Testing

@testable import ProcessKit

/// Which directories of a person's programs commands see.
struct ToolchainTests {
    /// What is shown of a home with these directories and files in it, for a PATH of some of them; from the home.
    private func shown(_ places: [String], path: [String]) throws -> [String] {
        let home = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().appending(path: "home-\(UUID())")
            .path
        defer { try? FileManager.default.removeItem(atPath: home) }
        for place in places + path {
            try FileManager.default.createDirectory(atPath: "\(home)/\(place)", withIntermediateDirectories: true)
        }
        let directories = ["/usr/bin", "bin"] + path.map { "\(home)/\($0)" }
        return Toolchains.paths(home: home, path: directories.joined(separator: ":")).map {
            String($0.dropFirst(home.count + 1))
        }
    }

    @Test(arguments: [
        ([], [".pyenv/shims"], [".pyenv"]), ([], [".nvm/versions/node/v20/bin"], [".nvm/versions/node/v20"]),
        (
            [".rustup", ".cargo/registry", ".cargo/credentials"], [".cargo/bin"],
            [".cargo/bin", ".cargo/registry", ".rustup"]
        ),
        ([".local/share/keys", ".local/lib"], [".local/bin"], [".local/bin", ".local/lib"]),
        (["work/secrets"], ["work/bin"], ["work/bin"]), ([], ["bin"], ["bin"]), ([], ["scripts"], ["scripts"]),
        (["conda/conda-meta"], ["conda/bin"], ["conda"]), (["tools/lib", "tools/include"], ["tools/bin"], ["tools"]),
        (["gem/lib"], ["gem/bin"], ["gem/bin"]),
    ])
    func anInstallationIsShownAndNobodysWork(places: [String], path: [String], expected: [String]) throws {
        #expect(try shown(places, path: path) == expected)
    }

    @Test func aVirtualEnvironmentBringsThePythonItWasMadeFrom() throws {
        let root = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().appending(path: "venv-\(UUID())")
            .path
        defer { try? FileManager.default.removeItem(atPath: root) }
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        func base(_ settings: String) throws -> String? {
            try Data(settings.utf8).write(to: URL(filePath: "\(root)/pyvenv.cfg"))
            return Toolchains.base(ofEnvironment: root)
        }
        #expect(try base("home = /srv/python/bin\nversion = 3.11\n") == "/srv/python")
        #expect(try base("home = /srv/python\n") == "/srv/python")
        #expect(try base("home = /usr/bin\n") == nil)
        #expect(try base("home = bin\n") == nil)
        #expect(try base("") == nil)
        #expect(Toolchains.base(ofEnvironment: "\(root)/none") == nil)
    }
}
