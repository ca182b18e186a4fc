import PipelineKit
import Testing

/// References to secrets.
struct SecretTests {
    @Test func aReferenceIsRead() {
        let secret = reading(Secret.self, "env:OPENAI_API_KEY").value
        #expect(secret?.variable == "OPENAI_API_KEY")
        #expect(secret?.json == "env:OPENAI_API_KEY")
    }

    @Test(arguments: ["sk-123", "env:", "env:1A", "env:A B", "env:sk-123", "ENV:A", 5, .null] as [JSONValue])
    func aSecretThatStandsThereItselfIsNeverQuoted(json: JSONValue) {
        let message = "The value must be a reference to a secret such as 'env:OPENAI_API_KEY', not the secret itself."
        #expect(reading(Secret.self, json).messages == [message])
    }
}
