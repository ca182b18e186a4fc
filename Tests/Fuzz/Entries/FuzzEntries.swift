/// Everything that is fuzzed, by the name of its corpus.
public let fuzzEntries: [String: @Sendable ([UInt8]) -> Void] = [
    "yaml": tryPipeline, "json": tryJSON, "request": tryRequest, "websocket": tryWebSocket, "route": tryRoute,
    "shell": tryShell,
]

/// Cuts bytes as somebody on the way may have done: whole, one by one, and twice where the bytes themselves say.
func cuts(of bytes: [UInt8]) -> [[ArraySlice<UInt8>]] {
    var hash = bytes.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    func random(_ pieces: Int) -> [ArraySlice<UInt8>] {
        let ends = (1..<pieces).map { _ in
            hash = hash &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(hash >> 33) % (bytes.count + 1)
        }
        let places = [0] + ends.sorted() + [bytes.count]
        return zip(places, places.dropFirst()).map { bytes[$0..<$1] }
    }
    return [[bytes[...]], bytes.indices.map { bytes[$0...$0] }, random(2), random(5)]
}
