import FuzzEntries
import Glibc

/// What is fuzzed, chosen by `SLUICE_FUZZ`, since the arguments are libFuzzer's own.
private let entry: @Sendable ([UInt8]) -> Void = {
    let name = getenv("SLUICE_FUZZ").map { String(cString: $0) } ?? ""
    guard let entry = fuzzEntries[name] else {
        preconditionFailure("There is no fuzzer '\(name)'; there are \(fuzzEntries.keys.sorted()).")
    }
    return entry
}()

/// libFuzzer's loop, as `FuzzerInterface.h` of compiler-rt declares it.
@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// Called with each input; always answers 0. Its C name is the one that the runtime wants to link with.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    entry(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
