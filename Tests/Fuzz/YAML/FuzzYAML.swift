import FuzzEntries

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
    tryPipeline(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
