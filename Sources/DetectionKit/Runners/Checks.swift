import PipelineKit

extension Runner {
    static let ruff = Runner("ruff", "a configuration of ruff") { place in
        configured(place, files: ["ruff.toml", ".ruff.toml"], sections: [("pyproject.toml", "tool.ruff")])
    }

    static let mypy = Runner("mypy", "a configuration of mypy") { place in
        let sections = [("pyproject.toml", "tool.mypy"), ("setup.cfg", "mypy")]
        return configured(place, files: ["mypy.ini", ".mypy.ini"], sections: sections)
    }

    static let pyright = Runner("pyright", "a configuration of pyright") { place in
        configured(
            place,
            files: ["pyrightconfig.json"],
            sections: [("pyproject.toml", "tool.pyright")]
        )
    }

    static let eslint = Runner("eslint", "a configuration of ESLint") { place in
        let endings = ["js", "mjs", "cjs", "ts", "mts", "cts"]
        let older = [".eslintrc", ".eslintrc.js", ".eslintrc.cjs", ".eslintrc.json", ".eslintrc.yml", ".eslintrc.yaml"]
        return configured(place, files: endings.map { "eslint.config.\($0)" } + older, sections: [])
    }

    private static func configured(
        _ place: Place,
        files: [String],
        sections: [(file: String, name: String)]
    ) -> Finding? {
        let headers = sections.lazy.compactMap { section in
            place.text(section.file).section(section.name, below: true).map { "\($0) in \(section.file)" }
        }
        guard let found = place.first(files) ?? headers.first else { return nil }
        return Finding(.checks, evidence: [found])
    }
}
