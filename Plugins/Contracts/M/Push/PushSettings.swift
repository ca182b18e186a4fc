public import PipelineKit

extension M {
    /// How people are told away from the screen that a run asks them.
    public struct PushSettings: Fields, Hashable {
        @Field("The devices of Apple that clients register.") public var apns: APNs? = nil
        @Field("A topic of ntfy, at ntfy.sh or at a server of one's own.") public var ntfy: Ntfy? = nil
        @Field("A program that is sent each question.") public var webhook: Webhook? = nil
        public init() {}

        public func check(_ reader: inout FieldReader) {
            guard apns == nil, ntfy == nil, webhook == nil else { return }
            reader.problem("Name where people are told: at least one of 'apns', 'ntfy' and 'webhook'.")
        }
    }
}

extension M.PushSettings {
    /// What Apple's developer site says of a key for notifications.
    public struct APNs: Fields, Hashable {
        @Field("The key that Apple gave as a .p8 file.") public var key: Secret
        @Field("What Apple calls the key: ten letters and digits.") public var keyId: String
        @Field("What Apple calls the team: ten letters and digits.") public var teamId: String
        @Field("The bundle id of the app.") public var topic: String
        @Field("What the app calls this server; goes with each notification, so that a tap opens the right one.")
        public var serverId: String
        @Field("Where notifications are sent; https://api.sandbox.push.apple.com for an app under development.")
        public var url: PushAddress = PushAddress(known: "https://api.push.apple.com")
        public init() {}

        public func check(_ reader: inout FieldReader) {
            for (name, value) in [("key_id", keyId), ("team_id", teamId)] where !Self.isName(value) {
                reader.problem(inValueOf: name, "must be ten letters and digits, but is '\(value.shortened(to: 80))'.")
            }
            reader.expectLine(topic, of: "topic", most: 255)
            reader.expectLine(serverId, of: "server_id", most: 200)
        }

        private static func isName(_ text: String) -> Bool {
            text.count == 10 && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
        }
    }

    /// A topic that people subscribe to.
    public struct Ntfy: Fields, Hashable {
        @Field("Where the server is.") public var url: PushAddress
        @Field("What people subscribe to. Whoever knows it reads along.") public var topic: String
        @Field("A token, where the server asks for one.") public var token: Secret? = nil
        @Field("Where people reach this Sluice: a tap on a message opens the run there.")
        public var link: PushAddress? = nil
        public init() {}

        public func check(_ reader: inout FieldReader) {
            let isTopic = topic.utf8.allSatisfy {
                $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || Character(Unicode.Scalar($0)).isLetterOrDigit
            }
            guard !isTopic || !(1...64).contains(topic.utf8.count) else { return }
            reader.problem(
                inValueOf: "topic",
                "must be up to 64 letters, digits, '-' and '_', but is '\(topic.shortened(to: 80))'."
            )
        }
    }

    /// A program of one's own.
    public struct Webhook: Fields, Hashable {
        @Field("Where it listens.") public var url: PushAddress
        @Field("What messages are signed with: 'whsec_' and 24 to 64 bytes in base64.") public var secret: Secret
        public init() {}
    }
}

extension FieldReader {
    /// Notes a value that is empty, too long, or has blanks and control characters.
    fileprivate mutating func expectLine(_ value: String, of key: String, most: Int) {
        let isLine = value.unicodeScalars.allSatisfy { $0.value > 32 && $0.value < 127 }
        guard !isLine || !(1...most).contains(value.utf8.count) else { return }
        problem(
            inValueOf: key,
            "must be up to \(most) characters of ASCII without blanks, but is '\(value.shortened(to: 80))'."
        )
    }
}

extension Character {
    fileprivate var isLetterOrDigit: Bool { isASCII && (isLetter || isNumber) }
}
