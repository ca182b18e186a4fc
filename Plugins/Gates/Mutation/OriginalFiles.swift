import FoundationEssentials
import GateKit
import Glibc
import PipelineKit

/// The files of a copied tree, and the copy of them that is never run in.
struct OriginalFiles: Sendable {
    /// Absolute path of the tree that nothing runs in.
    private let kept: String
    /// Absolute path of the tree whose files are changed and brought back.
    private let tree: String
    /// By path relative to the tree.
    private var stamps: [String: FileStamp] = [:]
    private var lastSecond = time(nil)

    init(in kept: String, copiedTo tree: String) {
        self.kept = kept
        self.tree = tree
        for path in ReportFile.paths(below: kept, ending: "", most: 500_000) {
            let file = String(path.dropFirst(kept.count + 1))
            stamps[file] = FileStamp(of: "\(tree)/\(file)")
        }
    }

    /// Writes a file of the tree anew.
    ///
    /// - Throws: ``PipelineKit/Failure/Kind/unavailable`` with what the system says.
    mutating func write(_ bytes: [UInt8], to file: String) throws(Failure) {
        do {
            try Data(bytes).write(to: URL(fileURLWithPath: "\(tree)/\(file)"))
        } catch {
            throw Failure(.unavailable, "'\(file)' could not be written: \(error.systemWords).")
        }
        setTime(of: file)
    }

    /// Makes every file of the tree what it was, byte for byte; what is new, such as objects of a compiler, stays.
    ///
    /// - Throws: ``PipelineKit/Failure/Kind/unavailable`` with what the system says.
    mutating func restore() throws(Failure) {
        for (file, stamp) in stamps where FileStamp(of: "\(tree)/\(file)") != stamp {
            try ScratchTree.copyFile("\(kept)/\(file)", to: "\(tree)/\(file)")
            setTime(of: file)
            stamps[file] = FileStamp(of: "\(tree)/\(file)")
        }
    }

    /// Gives a file a time of its own. Python takes a compiled file for that of its source by whole seconds and the size
    /// of the source, so two changes within one second would be one to it.
    private mutating func setTime(of file: String) {
        lastSecond = max(time(nil), lastSecond + 1)
        let now = timespec(tv_sec: lastSecond, tv_nsec: 0)
        _ = utimensat(AT_FDCWD, "\(tree)/\(file)", [now, now], 0)
    }
}
