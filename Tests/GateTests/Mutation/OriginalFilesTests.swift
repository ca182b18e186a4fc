import Foundation
import PipelineKit
import PipelineTesting
import Synchronization
import Testing

@testable import MutationGate

/// The times of files that are changed and brought back, which tell other programs what to build anew.
struct OriginalFilesTests {
    private static func second(of file: String, in tree: Workspace) -> Int {
        var status = stat()
        return lstat("\(tree.path)/\(file)", &status) == 0 ? status.st_mtim.tv_sec : -1
    }

    /// The seconds at which a file is changed and brought back, twice, when the clock shows these from the copy on.
    private static func seconds(at clock: [Int]) async throws -> [Int] {
        try await withTemporaryWorkspace(["calc.c": "int a;\n"]) { workspace in
            try await withTemporaryWorkspace { scratch in
                let left = Mutex(clock[...])
                var (files, tree) = try await OriginalFiles.copy(of: workspace, in: scratch.path) {
                    left.withLock { $0.popFirst() ?? 0 }
                }
                var seconds: [Int] = []
                for text in ["int b;\n", "int c;\n"] {
                    try files.write(Array(text.utf8), to: "calc.c")
                    seconds.append(Self.second(of: "calc.c", in: tree))
                    try files.restore()
                    seconds.append(Self.second(of: "calc.c", in: tree))
                }
                return seconds
            }
        }
    }

    @Test func aChangeIsLaterThanWhatWasBuiltInTheSameSecond() async throws {
        // What was built since the last change may be of the very second in which the next one is made.
        #expect(try await Self.seconds(at: [100, 101, 107, 108, 110]) == [102, 108, 109, 111])
    }

    @Test func noTwoChangesAreOfOneSecond() async throws {
        #expect(try await Self.seconds(at: [100, 100, 100, 100, 100]) == [101, 102, 103, 104])
    }

    @Test func aClockThatIsSetBackMakesNoChangeOlder() async throws {
        #expect(try await Self.seconds(at: [100, 101, 40, 40, 40]) == [102, 103, 104, 105])
    }
}
