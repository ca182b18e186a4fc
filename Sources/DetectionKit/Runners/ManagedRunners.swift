import PipelineKit

extension Runner {
    static let maven = Runner("maven", "pom.xml") { place in
        guard place.has("pom.xml") else { return nil }
        let isWhole = place.text("pom.xml").contains("<modules>")
        return Finding(.maven, isWhole ? .family : .itself, evidence: ["pom.xml"] + mainTests(place))
    }

    static let gradle = Runner("gradle", "build.gradle or settings.gradle") { place in
        let settings = place.first(["settings.gradle", "settings.gradle.kts"])
        let build = place.first(["build.gradle", "build.gradle.kts"])
        guard let file = build ?? settings else { return nil }
        let reach = settings == nil ? Finding.Reach.itself : .family
        return Finding(.gradle, reach, evidence: [file] + mainTests(place))
    }

    private static func mainTests(_ place: Place) -> [String] {
        place.paths(in: "src/test", where: { _ in true }).isEmpty ? [] : ["src/test/"]
    }

    static let dotnet = Runner("dotnet-test", "a solution or project of .NET that tests") { place in
        let isProject = { (name: String) in
            [".csproj", ".fsproj", ".vbproj"].contains(where: name.hasSuffix)
        }
        let solutions = place.files.filter { $0.hasSuffix(".sln") || $0.hasSuffix(".slnx") }
        let projects = solutions.isEmpty ? place.files.filter(isProject) : place.paths(where: isProject)
        // Of several the runner would not know which.
        guard solutions.count == 1 || solutions.isEmpty && projects.count == 1 else { return nil }
        for project in projects.prefix(100) {
            let text = place.text(project)
            guard let package = testPackages.first(where: { text.contains($0) }) else { continue }
            let reach = solutions.isEmpty ? Finding.Reach.itself : .family
            return Finding(.dotnet, reach, evidence: solutions + ["\(package) in \(project)"])
        }
        return nil
    }

    /// What makes a project of .NET one that tests; https://learn.microsoft.com/dotnet/core/testing.
    private static let testPackages = ["Microsoft.NET.Test.Sdk", "MSTest.Sdk", "xunit.v3"]
}
