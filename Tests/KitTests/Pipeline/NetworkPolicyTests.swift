import PipelineKit
import Testing

/// Hosts that commands may reach.
struct NetworkPolicyTests {
    @Test(arguments: [
        ("docs.example.com", "docs.example.com", 443, true), ("docs.example.com", "docs.example.com", 80, true),
        ("docs.example.com", "docs.example.com", 22, false), ("docs.example.com", "DOCS.Example.com.", 443, true),
        ("docs.example.com", "evil-docs.example.com", 443, false),
        ("docs.example.com", "docs.example.com.evil.org", 443, false),
        ("docs.example.com", "a.docs.example.com", 443, false), ("*.example.com", "a.example.com", 443, true),
        ("*.example.com", "a.b.example.com", 443, true), ("*.example.com", "example.com", 443, false),
        ("*.example.com", "evilexample.com", 443, false), ("example.com:8443", "example.com", 8443, true),
        ("example.com:8443", "example.com", 443, false), ("10.0.0.5:80", "10.0.0.5", 80, true),
    ])
    func aPatternMatchesItsHosts(pattern: String, host: String, port: Int, isMatch: Bool) throws {
        #expect(try #require(HostPattern(pattern)).matches(host, port: port) == isMatch)
    }

    @Test(arguments: [
        "", ".", "a..b", "*", "*.", "*.com", "*.*.com", "a.*", "http://a.b", "a.b/c", "a b", "a.b:", "a.b:0",
        "a.b:65536",
        "a.b:x", "a.b:1:2", "ä.de", "-" + String(repeating: "a", count: 63) + ".com",
        String(repeating: "a.", count: 130) + "b",
    ])
    func whatIsNoHostIsNoPattern(text: String) { #expect(HostPattern(text) == nil) }

    @Test(
        arguments: [
            ("deny", NetworkPolicy.deny), ("allow", .allow),
            (["allow": ["a.b", "*.c.d:81"]], .hosts(["a.b", "*.c.d:81"].compactMap(HostPattern.init))),
            ("a.b, c.d:1", .hosts(["a.b", "c.d:1"].compactMap(HostPattern.init))),
        ] as [(JSONValue, NetworkPolicy)]
    )
    func aPolicyIsReadFromWhatIsWritten(json: JSONValue, policy: NetworkPolicy) throws {
        var reader = FieldReader()
        #expect(NetworkPolicy(json, &reader) == policy)
        #expect(reader.problems.isEmpty)
        if json.text?.contains(",") != true { #expect(policy.json == json) }
    }

    @Test(
        arguments: [
            (
                "alow",
                "must be 'deny', 'allow', or a mapping of hosts such as { allow: [docs.example.com] }, but is \"alow\"."
            ),
            (
                true,
                "must be 'deny', 'allow', or a mapping of hosts such as { allow: [docs.example.com] }, but is true."
            ),
            (
                ["allow": ["a b"]],
                "must be a host such as 'docs.example.com', '*.example.com' or 'example.com:8443', but is \"a b\"."
            ),
        ] as [(JSONValue, String)]
    )
    func whatIsNoPolicyIsToldWithWhatItWouldBe(json: JSONValue, message: String) {
        var reader = FieldReader()
        #expect(NetworkPolicy(json, &reader) == nil)
        #expect(reader.problems.map(\.message).allSatisfy { $0.hasSuffix(message) })
        #expect(reader.problems.count == 1)
    }
}
