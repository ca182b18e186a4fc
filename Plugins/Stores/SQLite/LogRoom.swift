import CSQLite

/// Makes room at the end of the write-ahead log before commits need it.
///
/// A commit that makes a file longer waits for the file system to record the new length, which on ext4 takes longer than
/// all else it does; one that writes over bytes that are there does not. So zeros are written ahead, some dozen commits'
/// worth at a time, until the log is as long as SQLite lets it grow before it begins anew
/// (<https://www.sqlite.org/pragma.html#pragma_wal_autocheckpoint>): until then a bare commit takes half as long.
/// Whoever reads the log stops at the first frame that is none (<https://www.sqlite.org/fileformat2.html#walformat>).
///
/// How much room is left is counted, as it must not be asked for each time: a file whose times somebody has looked at
/// has them recorded anew with the next write, which costs a commit a quarter more.
struct LogRoom {
    /// Bytes for commits yet to come, as far as this process knows.
    private var left = 0
    /// Pages that this connection had written to the log when ``left`` was right.
    private var written = 0
    /// Whether the log is as long as it gets, or there is none.
    private var isOver: Bool

    private static let frame = 4_096 + 24
    /// The log's header, and the thousand pages after which SQLite begins anew.
    private static let most = 32 + 1_000 * frame
    /// Most commits are a few pages.
    private static let least = 8 * frame
    /// At first as much as there is, so that a short run writes little more than it needs.
    private static let chunk = (smallest: 1 << 16, largest: 1 << 18)

    /// - Parameter journal: What the database writes ahead of itself, `PRAGMA journal_mode`; in anything but a `wal` zeros
    ///   would be read.
    init(journal: String?) { isOver = journal != "wal" }

    /// To be called inside a transaction that writes, in which nobody else does.
    mutating func provide(in database: OpaquePointer) {
        guard !isOver else { return }
        count(in: database)
        if left < Self.least { extend(database) }
    }

    private mutating func count(in database: OpaquePointer) {
        var (pages, highest): (Int32, Int32) = (0, 0)
        sqlite3_db_status(database, SQLITE_DBSTATUS_CACHE_WRITE, &pages, &highest, 0)
        left = max(0, left - (Int(pages) - written) * Self.frame)
        written = Int(pages)
    }

    private mutating func extend(_ database: OpaquePointer) {
        var file: UnsafeMutablePointer<sqlite3_file>?
        sqlite3_file_control(database, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file)
        guard let file, let methods = file.pointee.pMethods?.pointee else { return }  // there is no log yet
        var size: sqlite3_int64 = 0
        guard methods.xFileSize(file, &size) == SQLITE_OK else { return }
        isOver = size >= Self.most
        let begin = min(Int(size), Self.most)
        let end = min(begin + min(max(begin, Self.chunk.smallest), Self.chunk.largest), Self.most)
        // A page at a time: the kernel syncs what was written together as a whole.
        let zeros = [UInt8](repeating: 0, count: 4_096)
        for place in stride(from: begin, to: end, by: zeros.count) {
            let count = Int32(min(zeros.count, end - place))
            // A disk that is full is nothing to complain about as long as the commit itself finds room.
            guard methods.xWrite(file, zeros, count, Int64(place)) == SQLITE_OK else { return }
        }
        left += end - begin
    }
}
