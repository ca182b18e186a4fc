// SwiftPM gives every program a `main` of its own, so libFuzzer's is not reached: its driver is called instead.
var count = CommandLine.argc
var arguments = CommandLine.unsafeArgv
_ = runDriver(&count, &arguments, fuzz)
