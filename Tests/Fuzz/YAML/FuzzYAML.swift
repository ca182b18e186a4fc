import FuzzEntries

/// libFuzzer's entry: called with each input, always answers 0.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    tryPipeline(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
