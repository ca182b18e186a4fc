import Foundation
import PipelineKit
import ProcessKit
import Testing
import WorkspaceKit

/// The way out of a sandbox: what its list allows, and nothing else.
@Suite(.serialized) struct WayOutTests {
    private func with(_ hosts: [String], _ body: (Cell, SecretServer) async throws -> Void) async throws {
        try await Project.with { project in
            let directory = "\(project.path)/served"
            try project.write("hello\n", to: "served/secret")
            let server = try await SecretServer(of: directory)
            defer { server.end() }
            var policy = WorkspacePolicy()
            policy.network = .hosts(hosts.compactMap { HostPattern($0.replacing("PORT", with: "\(server.port)")) })
            try await Cell.with(policy) { cell async throws in try await body(cell, server) }
        }
    }

    private func uses(of cell: Cell) throws -> [NetworkUse] {
        cell.sandboxes.takeNetworkUse(of: try #require(cell.workspace.confinement))
    }

    @Test func aHostThatIsListedIsReachedAndNoted() async throws {
        try await with(["127.0.0.1:PORT"]) { cell, server async throws in
            // For once the address of this machine is what is meant, so it must not bypass the proxy.
            #expect(try await cell.says("curl -sS --noproxy '' http://127.0.0.1:\(server.port)/secret") == "hello")
            #expect(try uses(of: cell) == [NetworkUse(host: "127.0.0.1", port: server.port, isAllowed: true)])
            #expect(try uses(of: cell) == [])
        }
    }

    @Test func aTunnelGoesToAHostThatIsListed() async throws {
        try await with(["127.0.0.1:PORT"]) { cell, server async throws in
            let line = "curl -sS --noproxy '' --proxytunnel http://127.0.0.1:\(server.port)/secret"
            #expect(try await cell.says(line) == "hello")
        }
    }

    @Test func aHostThatIsNotListedIsRefusedAndNoted() async throws {
        try await with(["127.0.0.1:PORT"]) { cell, _ async throws in
            let refusal = "Sluice: 'workspace: network' does not allow other.example:80."
            #expect(
                try await cell.says("curl -sS http://other.example/; curl -sS http://other.example/")
                    == "\(refusal)\n\(refusal)"
            )
            #expect(try await cell.says("curl -sS https://other.example/").contains("403"))
            #expect(
                try uses(of: cell) == [
                    NetworkUse(host: "other.example", port: 80, isAllowed: false, times: 2),
                    NetworkUse(host: "other.example", port: 443, isAllowed: false),
                ]
            )
        }
    }

    @Test func aNameIsNoWayToThisMachinesOwnServices() async throws {
        try await with(["localhost:PORT", "ip6-localhost:PORT", "*.localhost:PORT"]) { cell, server async throws in
            for host in ["localhost", "a.localhost"] {
                let answer = try await cell.says("curl -sS --noproxy '' http://\(host):\(server.port)/secret")
                #expect(answer.hasPrefix("Sluice: "), "\(answer)")
            }
        }
    }

    @Test func whoGoesAroundTheProxyGetsNowhere() async throws {
        try await with(["127.0.0.1:PORT"]) { cell, server async throws in
            let line =
                "curl -sS -m 2 --noproxy '*' http://127.0.0.1:\(server.port)/secret; curl -sS -m 2 --noproxy '*' http://1.1.1.1"
            #expect(try await !cell.says(line).contains("hello"))
        }
    }

    @Test(arguments: [
        "GARBAGE\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET ftp://x/ HTTP/1.1\r\n\r\n", "CONNECT x HTTP/1.1\r\n\r\n",
        "GET http://a@b/ HTTP/1.1\r\n\r\n", "CONNECT [::1 HTTP/1.1\r\n\r\n", "CONNECT x:0 HTTP/1.1\r\n\r\n",
        "GET http://x:99999/ HTTP/1.1\r\n\r\n",
    ])
    func whatIsNoRequestIsRefused(text: String) async throws {
        try await with(["127.0.0.1:PORT"]) { cell, _ async throws in
            let escaped = text.replacing("\r\n", with: "\\r\\n")
            let line = "h=${http_proxy#http://}; exec 3<>/dev/tcp/${h%:*}/${h#*:}; printf '\(escaped)' >&3; cat <&3"
            #expect(try await cell.says(line).hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        }
    }

    @Test func withoutHostsThereIsNoWayOutAndNobodyIsToldOfOne() async throws {
        try await Cell.with { cell async throws in #expect(try await cell.says("env | grep -ci proxy") == "0") }
    }

    @Test func theWholeNetworkCanBeAllowed() async throws {
        var policy = WorkspacePolicy()
        policy.network = .allow
        try await Project.with { project in
            try project.write("hello\n", to: "served/secret")
            let server = try await SecretServer(of: "\(project.path)/served")
            defer { server.end() }
            try await Cell.with(policy) { cell async throws in
                #expect(try await cell.says("curl -sS http://127.0.0.1:\(server.port)/secret") == "hello")
            }
        }
    }
}
