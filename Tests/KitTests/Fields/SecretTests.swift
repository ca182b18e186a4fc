import PipelineKit
import Testing

/// References to secrets.
struct SecretTests {
    @Test func aReferenceIsRead() {
        let secret = reading(Secret.self, "env:OPENAI_API_KEY").value
        #expect(secret?.variable == "OPENAI_API_KEY")
        #expect(secret?.json == "env:OPENAI_API_KEY")
    }

    @Test(
        arguments: [
            ("env:KEY_2", Secret(variable: "KEY_2"), "KEY_2", "set the environment variable KEY_2"),
            (
                "file:/run/secrets/my key", Secret(file: "/run/secrets/my key"), "'file:/run/secrets/my key'",
                "write it into the file '/run/secrets/my key', which nobody but its owner may read (chmod 600)"
            ),
            (
                "stored:anthropic/work-2.b_c", Secret(stored: "anthropic/work-2.b_c"), "'stored:anthropic/work-2.b_c'",
                "run 'sluice key set anthropic/work-2.b_c'"
            ),
        ] as [(String, Secret, String, String)]
    )
    func everyKindIsReadAndPrintedAsItWasWritten(text: String, secret: Secret, told: String, hint: String) {
        #expect(reading(Secret.self, .string(text)).value == secret)
        #expect(Secret(text) == secret)
        #expect(secret.description == text)
        #expect(secret.json == .string(text))
        #expect(secret.told == told)
        #expect(secret.hint == hint)
        #expect(secret.isConfidential)
    }

    @Test func aVariableWithoutASecretIsLookedUpInTheSameWay() {
        let open = Secret(openVariable: "OPENAI_BASE_URL")
        #expect(open.variable == "OPENAI_BASE_URL")
        #expect(!open.isConfidential)
    }

    @Test(arguments: ["sk-123", "env:", "env:1A", "env:A B", "env:sk-123", "ENV:A", 5, .null] as [JSONValue])
    func aSecretThatStandsThereItselfIsNeverQuoted(json: JSONValue) {
        let message = "The value must be a reference to a secret such as 'env:OPENAI_API_KEY', not the secret itself."
        #expect(reading(Secret.self, json).messages == [message])
    }

    @Test(arguments: ["stored:", "stored:Work", "stored:a//b", "stored:/a", "stored:a/", "stored:a b", "stored:-a"])
    func aNameThatIsNoneIsToldWithWhatNamesLookLike(text: String) {
        let message = """
            The value must name a stored key: up to 64 lower-case letters, digits, '-', '_' and '.', in parts with '/' \
            between them, such as 'anthropic/work'.
            """
        #expect(reading(Secret.self, .string(text)).messages == [message])
        #expect(reading(Secret.self, .string("stored:" + String(repeating: "a", count: 65))).messages == [message])
    }

    @Test(arguments: ["file:", "file:key", "file:./key", "file:/", "file:/keys/", "file:/a${inputs.x}", "file:/a\u{0}"])
    func aFileIsNamedByItsAbsolutePath(text: String) {
        let message = "The value must name a file by its absolute path, such as 'file:/run/secrets/openai'."
        #expect(reading(Secret.self, .string(text)).messages == [message])
    }

    @Test func aTildeStandsForNothing() {
        let message = """
            The value must name a file by its absolute path, such as 'file:/run/secrets/openai': '~' stands for nothing \
            here.
            """
        #expect(reading(Secret.self, "file:~/key").messages == [message])
    }

    @Test func whatIsMeantAsAReferenceIsTold() {
        #expect(["env:x", "stored:", "file:/x", "file:~/x"].allSatisfy(Secret.isMeant))
        #expect(!["ENV:x", "file:x", "stored", "https://x", ""].contains(where: Secret.isMeant))
    }
}
