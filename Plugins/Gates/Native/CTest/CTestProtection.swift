public import PipelineKit

extension CTestGate {
    /// The tests and the data beside them, what ctest and the presets read, and the lines of the top CMakeLists.txt
    /// that say what is tested.
    ///
    /// CTestConfig.cmake and CTestCustom.cmake can leave tests out:
    /// https://cmake.org/cmake/help/book/mastering-cmake/chapter/Testing%20With%20CMake%20and%20CTest.html.
    public static var protection: EditPolicy {
        EditPolicy(
            protect: [
                "**/test/**", "**/tests/**", "**/testing/**", "**/test_*.{c,cc,cpp,cxx}", "**/*_test.{c,cc,cpp,cxx}",
                "**/*_unittest.{c,cc,cpp,cxx}", "**/CTestConfig.cmake", "**/CTestCustom.cmake", "**/CTestCustom.ctest",
                "**/CTestTestfile.cmake", "**/CMakePresets.json", "**/CMakeUserPresets.json",
            ],
            sections: words.map { ProtectedSection(file: "CMakeLists.txt", word: $0) }
        )
    }

    /// What stands in lines that say which tests there are, what they run and when they hold.
    private static let words = [
        "test", "command", "emulator", "will_fail", "skip_re", "pass_regular", "fail_regular", "disabled",
    ]
}
