import PipelineKit
import PipelineTesting
import Testing

@testable import ResultsGate

/// A package with a version, in the manifests and lock files that name it.
struct DependencyGateTests {
    private func verdict(_ files: [String: String], _ package: String, _ version: String) async throws -> Verdict {
        let settings: JSONValue = ["package": .string(package), "version": .string(version)]
        return try await GateTrial.verdict(of: DependencyGate.self, files, settings)
    }

    @Test func keepsTheGatesPromises() async throws {
        let verdict = try await expectConformance(
            of: DependencyGate.self,
            settings: ["package": "requests", "version": "v2.32.4"],
            required: ["package", "version"],
            files: ["requirements.txt": "requests==2.32.4\n"]
        )
        #expect(verdict.reason == "'requirements.txt' names 'requests' with version 2.32.4.")
    }

    /// As the package managers write it.
    @Test(arguments: [
        ("requirements.txt", "Re_Quests[socks]>=2.32.4,<3  # why\n", "re-quests", "2.32.4"),
        ("pyproject.toml", "dependencies = [\"requests~=2.32.4\"]\n", "requests", "2.32.4"),
        ("pyproject.toml", "[tool.poetry.dependencies]\nrequests = {version = \"^2.32.4\"}\n", "requests", "2.32.4"),
        ("uv.lock", "[[package]]\nname = \"requests\"\nversion = \"2.32.4\"\n", "requests", "2.32.4"),
        ("package.json", "{\"dependencies\": {\"@types/node\": \"^22.1.0\"}}", "@types/node", "22.1.0"),
        ("package-lock.json", "\"node_modules/left-pad\": {\n\"version\": \"1.3.0\",\n", "left-pad", "1.3.0"),
        ("yarn.lock", "left-pad@^1.2.0:\n  version \"1.3.0\"\n", "left-pad@^1.2.0", "1.3.0"),
        ("pnpm-lock.yaml", "  /left-pad@1.3.0:\n    resolution: {}\n", "left-pad", "1.3.0"),
        ("go.mod", "require github.com/lib/pq v1.10.9 // indirect\n", "github.com/lib/pq", "1.10.9"),
        ("Cargo.toml", "[dependencies]\nserde = { version = \"1.0.200\" }\n", "serde", "1.0.200"),
        ("Cargo.toml", "[dependencies.serde]\nfeatures = [\"derive\"]\nversion = \"1.0.200\"\n", "serde", "1.0.200"),
        ("Gemfile.lock", "    rack (3.1.0)\n", "rack", "3.1.0"),
        ("pom.xml", "<artifactId>junit</artifactId>\n<version>4.13.2</version>\n", "junit", "4.13.2"),
        ("build.gradle.kts", "testImplementation(\"junit:junit:4.13.2\")\n", "junit:junit", "4.13.2"),
        ("a/A.csproj", "<PackageReference Include=\"Serilog\" Version=\"4.0.1\" />\n", "serilog", "4.0.1"),
        (
            "Package.swift", ".package(url: \"https://github.com/apple/swift-nio.git\", from: \"2.60.0\")\n",
            "swift-nio",
            "2.60.0"
        ),
        (
            "Package.resolved",
            "\"identity\" : \"swift-nio\",\n\"kind\" : \"x\",\n\"location\" : \"y\",\n\"state\" : {\n\"version\" : \"2.60.0\"",
            "swift-nio", "2.60.0"
        ),
    ])
    func aVersionIsFoundBehindItsPackage(file: String, text: String, package: String, version: String) async throws {
        let verdict = try await verdict([file: text], package, version)
        #expect(verdict.reason == "'\(file)' names '\(package)' with version \(version).")
        #expect(verdict.holds)
        let other = try await self.verdict([file: text], package, "\(version).1")
        #expect(!other.holds)
    }

    /// What looks alike: longer versions, other packages, other lines, words about it.
    @Test(arguments: [
        ("requirements.txt", "requests==2.32.40\n"),
        ("requirements.txt", "requests==12.32.4\n"),
        ("requirements.txt", "requests==2.32.4.1\n"),
        ("requirements.txt", "requests==2.32.4-beta\n"),
        ("requirements.txt", "requests==2.31.0  # 2.32.4\n"),
        ("requirements.txt", "requests\nurllib3==2.32.4\n"),
        ("uv.lock", "name = \"requests\"\nversion = \"2.31.0\"\n\nname = \"other\"\nversion = \"2.32.4\"\n"),
        ("Cargo.lock", "dependencies = [\n \"requests\",\n]\n\nname = \"other\"\nversion = \"2.32.4\"\n"),
    ])
    func anotherVersionIsNone(file: String, text: String) async throws {
        let verdict = try await verdict([file: text], "requests", "2.32.4")
        #expect(verdict.reason == "'\(file)' names 'requests', but not with version 2.32.4.")
        #expect(verdict.outcome == .failed)
    }

    @Test(arguments: ["my-requests==2.32.4", "requests-oauth==2.32.4", "# requests==2.32.4", "@types/requests: 2.32.4"])
    func anotherPackageIsNone(text: String) async throws {
        let verdict = try await verdict(["requirements.txt": "\(text)\n"], "requests", "2.32.4")
        #expect(verdict.reason == "No manifest names 'requests': looked in 'requirements.txt'.")
    }

    /// A manifest says what may be used, a lock file what is.
    @Test func aLockFileDecides() async throws {
        let manifest = "dependencies = [\"requests>=2.32.4\"]\n"
        let old = "[[package]]\nname = \"requests\"\nversion = \"2.31.0\"\n"
        let files = ["pyproject.toml": manifest, "uv.lock": old, "sub/package.json": "{}"]
        let verdict = try await verdict(files, "requests", "2.32.4")
        #expect(verdict.reason == "'uv.lock' names 'requests', but not with version 2.32.4.")
        #expect(verdict.details == "uv.lock:2: name = \"requests\"")
        let finding = Verdict.Finding(.error, "Not version 2.32.4: name = \"requests\"", file: "uv.lock", line: 2)
        #expect(verdict.findings == [finding])
        let both = files.merging(["uv.lock": old.replacing("2.31.0", with: "2.32.4")]) { $1 }
        #expect(try await self.verdict(both, "requests", "2.32.4").holds)
    }

    @Test func whatWasFetchedIsNoManifest() async throws {
        let fetched = ["node_modules/a/package.json": "\"b\": \"1.0.0\"", ".venv/requirements.txt": "b==1.0.0"]
        let verdict = try await verdict(fetched, "b", "1.0.0")
        #expect(verdict.reason == "There is no manifest that is known: name it in 'files'.")
    }

    @Test func othersAreNamed() async throws {
        let settings: JSONValue = ["package": "b", "version": "1.0.0", "files": ["deps/*.list"]]
        let found = try await GateTrial.verdict(of: DependencyGate.self, ["deps/a.list": "b 1.0.0"], settings)
        #expect(found.reason == "'deps/a.list' names 'b' with version 1.0.0.")
        let none = try await GateTrial.verdict(of: DependencyGate.self, ["package.json": "b 1.0.0"], settings)
        #expect(none.reason == "There is no file that 'files' names.")
    }

    @Test(
        arguments: [
            (["package": "", "version": "1"], "Field 'package' must be one word, but is ''."),
            (["package": "a", "version": "1 or 2"], "Field 'version' must be one word, but is '1 or 2'."),
        ] as [(JSONValue, String)]
    )
    func aWrongSettingIsNamed(settings: JSONValue, message: String) throws {
        #expect(try GateTrial.refusal(of: DependencyGate.self, settings) == message)
    }

    /// Any bytes are read without an accident, and a line that is the package and its version is always found.
    @Test func everyTextCanBeRead() {
        var dice = Dice(seed: 7)
        let pieces = [
            "left-pad", "1.3.0", "/", ".", "\"", " ", "\n", "#", "v", "node_modules/", "://", "é", "\r\n", "-",
        ]
        for _ in 0..<500 {
            let noise = (0..<dice.roll(0...20)).map { _ in dice.pick(pieces) }.joined()
            let file = ManifestFile("a.lock", "\(noise)\nleft-pad 1.3.0\n", naming: "left-pad", "1.3.0")
            #expect(file.holds, "\(noise)")
        }
    }
}
