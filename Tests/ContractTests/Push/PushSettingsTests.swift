import PipelineKit
import Testing

@testable import MContract

/// What an operator says of where people are told.
struct PushSettingsTests {
    private static let apns: JSONValue = [
        "key": "file:/keys/key.p8", "key_id": "ABC123DEFG", "team_id": "DEF123GHIJ", "topic": "org.example.m",
        "server_id": "home",
    ]

    private func problems(_ json: JSONValue) -> [String] {
        do throws(FieldProblems) {
            _ = try M.PushSettings(json: json)
            return []
        } catch {
            return error.all.map(\.message)
        }
    }

    @Test func whatIsNotSaidIsUsual() throws {
        let settings = try M.PushSettings(json: ["apns": Self.apns])
        #expect(settings.apns?.url.text == "https://api.push.apple.com")
        #expect(settings.ntfy == nil && settings.webhook == nil)
    }

    @Test func thereMustBeSomewhere() {
        #expect(problems([:]) == ["Name where people are told: at least one of 'apns', 'ntfy' and 'webhook'."])
    }

    @Test func everyMistakeIsToldAtOnce() {
        let wrong: JSONValue = [
            "apns": [
                "key": "-----BEGIN PRIVATE KEY-----", "key_id": "short", "team_id": "DEF123GHIJ", "topic": "a b",
                "server_id": "",
            ],
            "ntfy": ["url": "ntfy.sh", "topic": "my topic"],
            "webhook": ["url": "https://ada:secret@example.org/hook", "secrets": "whsec_abc"],
        ]
        #expect(
            problems(wrong) == [
                "Field 'apns.key' must be a reference to a secret such as 'env:OPENAI_API_KEY', not the secret itself.",
                "Field 'ntfy.url' must be an address such as 'https://push.example.org', but is \"ntfy.sh\".",
                "Unknown field 'secrets'. Did you mean 'secret'?",
                """
                Field 'webhook.url' must be an address such as 'https://push.example.org', without a user name and a \
                password.
                """,
            ]
        )
    }

    @Test func valuesThatCannotBeAreTold() {
        var apns = Self.apns.members
        apns["key_id"] = "short"
        apns["topic"] = "a b"
        apns["server_id"] = ""
        #expect(
            problems(["apns": .object(apns), "ntfy": ["url": "https://ntfy.sh", "topic": "my topic"]]) == [
                "Field 'apns.key_id' must be ten letters and digits, but is 'short'.",
                "Field 'apns.topic' must be up to 255 characters of ASCII without blanks, but is 'a b'.",
                "Field 'apns.server_id' must be up to 200 characters of ASCII without blanks, but is ''.",
                "Field 'ntfy.topic' must be up to 64 letters, digits, '-' and '_', but is 'my topic'.",
            ]
        )
    }

    @Test(arguments: [
        ("https://push.example.org/", "https://push.example.org", "push.example.org"),
        ("http://127.0.0.1:8080/a/b//", "http://127.0.0.1:8080/a/b", "127.0.0.1:8080"),
        ("https://hooks.example.org/x?key=1", "https://hooks.example.org/x?key=1", "hooks.example.org"),
    ])
    func anAddressIsKeptAsItIs(text: String, kept: String, host: String) {
        #expect(PushAddress(text)?.text == kept)
        #expect(PushAddress(text)?.host == host)
    }

    @Test(arguments: ["", "ntfy.sh", "ftp://a.org", "https://", "https://a.org/#x", "https://ada@a.org", "file:///x"])
    func whatIsNoAddressIsNone(text: String) {
        #expect(PushAddress(text) == nil)
    }

    @Test func whatIsWrongWithSecretsIsToldBeforehand() throws {
        let settings = try M.PushSettings(
            json: [
                "apns": Self.apns, "ntfy": ["url": "https://ntfy.sh", "topic": "t", "token": "env:NTFY_TOKEN"],
                "webhook": ["url": "https://example.org/hook", "secret": "env:HOOK_SECRET"],
            ]
        )
        let means = M.PushMeans(
            settings,
            transport: NoTransport(),
            secrets: { $0.variable == "HOOK_SECRET" ? "short" : nil }
        )
        #expect(
            means.problems == [
                """
                There is no key for Apple's service: write it into the file '/keys/key.p8', which nobody but its owner may \
                read (chmod 600).
                """,
                "There is no token for ntfy: set the environment variable NTFY_TOKEN.",
                "What is in HOOK_SECRET must be 'whsec_' and 24 to 64 bytes in base64, as of: openssl rand -base64 32",
            ]
        )
    }
}
