import Foundation
import PipelineKit
import PipelineTesting
import Testing

@testable import WorkspaceKit

/// Git's formats: what is written is read by git and here, and what is broken is noticed.
@Suite(.serialized) struct ObjectTests {
    private static let content = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }

    private func withObjects(_ body: (Project, LooseObjects) async throws -> Void) async throws {
        try await Project.with { project in
            try await project.git("init", "-q", ".")
            try await body(project, LooseObjects("\(project.path)/.git/objects"))
        }
    }

    private func add(_ kind: ObjectKind, _ content: [UInt8], to objects: LooseObjects) throws -> ObjectID {
        var batch = ObjectBatch(objects)
        let id = try batch.add(kind, content)
        try batch.finish()
        return id
    }

    @Test(arguments: [0, 1, 65_536, 200_000])
    func gitReadsWhatIsWritten(size: Int) async throws {
        try await withObjects { project, objects in
            let content = Array(Self.content.prefix(size))
            let id = try add(.blob, content, to: objects)
            #expect(try objects.read(id, .blob) == content)
            try Data(content).write(to: URL(filePath: "\(project.path)/file"))
            #expect(try await project.git("hash-object", "file") == "\(id.hexadecimal)\n")
            #expect(
                try await project.shell("git cat-file blob \(id.hexadecimal) | cmp - file && git fsck >/dev/null 2>&1")
                    == ""
            )
            #expect(
                try await project.shell("stat -c %a .git/objects/??/* && ls .git/objects | grep -c tmp || true")
                    == "444\n0\n"
            )
        }
    }

    @Test func whatWasNotFinishedIsNotThere() async throws {
        try await withObjects { project, objects in
            do {
                var batch = ObjectBatch(objects)
                let id = try batch.add(.blob, [1, 2, 3])
                let isHeld = batch.holds(id)
                #expect(isHeld)
                #expect(!objects.holds(id))
            }
            #expect(try await project.shell("find .git/objects -type f") == "")
        }
    }

    @Test func aDamagedObjectIsNoticed() async throws {
        try await withObjects { project, objects in
            let content = Array(Self.content.prefix(300))
            let id = try add(.blob, content, to: objects)
            let path =
                "\(project.path)/.git/objects/" + String(decoding: id.path.dropLast().map(UInt8.init), as: UTF8.self)
            let whole = try #require(Disk.read(path))
            for length in whole.indices {
                try Disk.write(Array(whole.prefix(length)), to: path)
                #expect(throws: FileFault.damaged) { try objects.read(id, .blob) }
            }
            try Disk.write(whole + [0], to: path)
            #expect(throws: FileFault.damaged) { try objects.read(id, .blob) }
            try Disk.write(whole, to: path)
            #expect(throws: FileFault.damaged) { try objects.read(id, .tree) }
            #expect(throws: FileFault.unusual) { try objects.read(id, .blob, limit: 299) }
            #expect(try objects.read(id, .blob, limit: 300) == content)
            try Disk.remove(path)
            #expect(throws: FileFault.system(ENOENT)) { try objects.read(id, .blob) }
        }
    }

    @Test(arguments: [
        "100644 ..", "100644 .", "100644 ", "100644 .git", "100644 a/b", "160000 sub", "100664 a", "644", "x a",
    ])
    func aTreeThatLeadsElsewhereIsNone(line: String) {
        let entry = Array(line.utf8) + [0] + ObjectID.emptyBlob.bytes
        #expect(throws: FileFault.damaged) { try TreeCodec.entries(in: entry) }
    }

    @Test func aTreeIsInOrder() throws {
        func entry(_ text: String) -> [UInt8] { Array(text.utf8) + [0] + ObjectID.emptyBlob.bytes }
        // The name of a directory ends with a '/', which comes after '.' and before '0'.
        let ordered = entry("100644 a.c") + entry("40000 a") + entry("100755 a0")
        #expect(try TreeCodec.entries(in: ordered).map(\.name) == [Array("a.c".utf8), [0x61], Array("a0".utf8)])
        #expect(throws: FileFault.damaged) { try TreeCodec.entries(in: entry("40000 a") + entry("100644 a.c")) }
        #expect(throws: FileFault.damaged) { try TreeCodec.entries(in: entry("100644 a") + entry("100644 a")) }
        for length in 1..<ordered.count where ![31, 59].contains(length) {
            #expect(throws: FileFault.damaged, "\(length)") { try TreeCodec.entries(in: Array(ordered.prefix(length))) }
        }
    }

    @Test func anIndexComesBackAndGitReadsIt() async throws {
        try await Project.with(["a": "1\n", "src/b": "2\n", String(repeating: "n", count: 200): "3\n"]) { project in
            try await project.shell("git init -q .; chmod 755 a; ln -s a link; git add .")
            let path = "\(project.path)/.git/index"
            let index = try IndexFile(at: path)
            let listed = try await project.git("ls-files", "--stage", "--debug")
            let bytes = index.bytes
            #expect(try IndexFile.entries(in: bytes).map(\.look) == index.entries.map(\.look))
            try Disk.write(bytes, to: path)
            let withoutDevices = { (text: String) in text.replacing(/dev: \d+/, with: "") }
            #expect(withoutDevices(try await project.git("ls-files", "--stage", "--debug")) == withoutDevices(listed))
            for length in bytes.indices {
                #expect(throws: FileFault.self) { try IndexFile.entries(in: Array(bytes.prefix(length))) }
            }
            for position in stride(from: 0, to: bytes.count, by: 7) {
                var changed = bytes
                changed[position] ^= 0x10
                #expect(throws: FileFault.self) { try IndexFile.entries(in: changed) }
            }
        }
    }

    /// The same changes in the same order as git tells them.
    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func differencesAreThoseOfGit(seed: UInt64) async throws {
        try await withObjects { project, objects in
            var dice = Dice(seed: seed)
            var trees: [String] = []
            for _ in 0..<6 {
                for _ in 0..<4 {
                    let path = (0..<dice.roll(1...3)).map { _ in dice.pick(["a", "a.c", "a0", "b", "a-"]) }.joined(
                        separator: "/"
                    )
                    try await project.shell(
                        dice.pick([
                            "rm -rf '\(path)'", "mkdir -p '\(path)' && echo \(dice.roll(0...9)) > '\(path)/x'",
                            "mkdir -p \"$(dirname '\(path)')\" && echo \(dice.roll(0...9)) > '\(path)'",
                            "chmod +x '\(path)'", "ln -sfn target '\(path)'",
                        ]) + " 2>/dev/null || true"
                    )
                }
                trees.append(String(try await project.shell("git add -A && git write-tree").dropLast()))
            }
            for (old, new) in zip(trees, trees.dropFirst() + trees.prefix(1)) {
                let raw = try await project.shell("git diff-tree -r -z --raw --no-abbrev --no-renames \(old) \(new)")
                let alone = try TreeComparison.changes(#require(ObjectID(old)), #require(ObjectID(new)), in: objects)
                let expected = RawChange.all(in: Array(raw.utf8))
                #expect(alone.map(\.path) == expected.map(\.path))
                #expect(alone.map(\.old) == expected.map(\.old))
                #expect(alone.map(\.new) == expected.map(\.new))
            }
        }
    }
}
