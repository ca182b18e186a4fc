import PipelineKit

/// Where the master key may be. The first of these that has one counts.
public struct MasterKeyPlaces: Sendable {
    /// The environment variable with the master key. It is for this process alone.
    public static let variable = "SLUICE_MASTER_KEY"
    /// What systemd is asked to hand over under `$CREDENTIALS_DIRECTORY`; systemd.exec(5), LoadCredential.
    static let credential = "sluice-master-key"

    /// The value of the variable.
    private let value: String?
    /// Absolute path of the directory with systemd's credentials.
    private let credentials: String?
    /// Absolute path of the file of this machine.
    public let file: String

    /// - Parameters:
    ///   - value: The value of ``variable``; an empty one is none.
    ///   - credentials: What `$CREDENTIALS_DIRECTORY` says.
    ///   - directory: Absolute path of Sluice's own directory.
    public init(value: String?, credentials: String?, directory: String) {
        self.value = value.flatMap { $0.trimmed.isEmpty ? nil : $0 }
        self.credentials = credentials.flatMap { $0.hasPrefix("/") ? $0 : nil }
        file = "\(directory)/master.key"
    }

    /// A master key, and where it was, for sentences.
    struct Found {
        var key: MasterKey
        var place: String
    }

    /// - Returns: `nil` when there is none anywhere.
    /// - Throws: ``ServiceError/invalid(_:)`` for one that is unfit; another place is not looked at then.
    func find() throws(ServiceError) -> Found? {
        if let value { return try read(value, Self.variable) }
        if let path = credentials.map({ "\($0)/\(Self.credential)" }),
            let bytes = try PrivateFile.read(path, isOwnersAlone: false)
        {
            return try read(String(decoding: bytes, as: UTF8.self), "'\(path)'")
        }
        guard let bytes = try PrivateFile.read(file) else { return nil }
        return try read(String(decoding: bytes, as: UTF8.self), "'\(file)'")
    }

    /// Makes a master key in the file; another process may have done so a moment ago, and then it is that one.
    func make() throws(ServiceError) -> Found {
        let key = MasterKey.random()
        guard try PrivateFile.create(file, Array("\(key.text)\n".utf8)) else {
            if let found = try find() { return found }
            throw .invalid("There is no master key, and '\(file)' cannot be made.")
        }
        return Found(key: key, place: "'\(file)'")
    }

    private func read(_ text: String, _ place: String) throws(ServiceError) -> Found {
        guard let key = MasterKey(text) else {
            throw .invalid(
                "The master key in \(place) must be 32 random bytes, as 64 hexadecimal digits or in base64: openssl rand -hex 32"
            )
        }
        return Found(key: key, place: place)
    }
}
