import PipelineKit

// What a sandbox is and what passed through it, as it is stored.

extension SandboxLevel {
    var body: JSONValue {
        .object(["confined": .bool(isConfined)].adding(["reason": reason.isEmpty ? nil : .string(reason)]))
    }

    init?(_ body: EventBody) {
        guard let isConfined = body["confined"]?.boolean else { return nil }
        self = isConfined ? .confined : .open(body.text("reason") ?? "")
    }
}

extension NetworkReport {
    var body: [String: JSONValue] {
        let hosts = JSONValue.array(uses.map(\.body))
        switch user {
        case .call(let id): return ["call": .string(id.value), "hosts": hosts]
        case .check(let name): return ["check": .object(name.body), "hosts": hosts]
        }
    }

    init?(_ body: EventBody) {
        let uses = body.list("hosts").compactMap(NetworkUse.init)
        if let id: CallID = body.id("call") {
            self.init(.call(id), uses)
        } else if let name = body.object("check").flatMap(CheckName.init) {
            self.init(.check(name), uses)
        } else {
            return nil
        }
    }
}

extension NetworkUse {
    fileprivate var body: JSONValue {
        ["host": .string(host), "port": .int(port), "allowed": .bool(isAllowed), "times": .int(times)]
    }

    fileprivate init?(_ body: EventBody) {
        guard let host = body.text("host"), let port = body.integer("port"), let isAllowed = body["allowed"]?.boolean
        else {
            return nil
        }
        self.init(host: host, port: port, isAllowed: isAllowed, times: body.integer("times") ?? 1)
    }
}
