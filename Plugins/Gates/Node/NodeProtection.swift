import PipelineKit

/// What judges a JavaScript project.
enum NodeProtection {
    /// The tests, the data beside them, installed packages, and what tells a package manager where to get a runner.
    ///
    /// Names: https://nodejs.org/docs/latest-v20.x/api/test.html#running-tests-from-the-command-line, and `__tests__`,
    /// `.spec.` of Jest and Vitest.
    ///
    /// - Parameters:
    ///   - configuration: Patterns of files that the runner reads.
    ///   - words: Of lines in the top package.json that judge too.
    static func policy(configuration: [String] = [], words: [String] = []) -> EditPolicy {
        EditPolicy(
            protect: tests + ["**/node_modules/**", "**/.npmrc", "*/**/package.json"] + configuration,
            sections: words.map { ProtectedSection(file: "package.json", word: $0) }
        )
    }

    private static let endings = "{js,mjs,cjs,jsx,ts,mts,cts,tsx}"
    private static let tests = [
        "**/test/**", "**/tests/**", "**/__tests__/**", "**/__mocks__/**", "**/__snapshots__/**",
        "**/*.{test,spec}.\(endings)", "**/*-test.\(endings)", "**/*_test.\(endings)", "**/test-*.\(endings)",
        "**/test.\(endings)", "**/*.snap",
    ]
}
