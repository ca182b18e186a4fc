import PipelineKit

extension Runner {
    static let ruff = Runner("a configuration of ruff") { place in
        configured("ruff", place, files: ["ruff.toml", ".ruff.toml"], sections: [("pyproject.toml", "tool.ruff")])
    }

    static let mypy = Runner("a configuration of mypy") { place in
        let sections = [("pyproject.toml", "tool.mypy"), ("setup.cfg", "mypy")]
        return configured("mypy", place, files: ["mypy.ini", ".mypy.ini"], sections: sections)
    }

    static let pyright = Runner("a configuration of pyright") { place in
        configured(
            "pyright",
            place,
            files: ["pyrightconfig.json"],
            sections: [("pyproject.toml", "tool.pyright")]
        )
    }

    static let eslint = Runner("a configuration of ESLint") { place in
        let endings = ["js", "mjs", "cjs", "ts", "mts", "cts"]
        let older = [".eslintrc", ".eslintrc.js", ".eslintrc.cjs", ".eslintrc.json", ".eslintrc.yml", ".eslintrc.yaml"]
        return configured("eslint", place, files: endings.map { "eslint.config.\($0)" } + older, sections: [])
    }

    private static func configured(
        _ gate: String,
        _ place: Place,
        files: [String],
        sections: [(file: String, name: String)]
    ) -> Finding? {
        let headers = sections.lazy.compactMap { section in
            place.text(section.file).section(section.name, below: true).map { "\($0) in \(section.file)" }
        }
        guard let found = place.first(files) ?? headers.first else { return nil }
        return Finding(gate, .checks, evidence: [found])
    }
}
