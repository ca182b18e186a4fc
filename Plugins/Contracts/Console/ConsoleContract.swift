public import HTTPKit
import PipelineKit

/// The web console: the files in the program, and its one page for every address that a person may have kept.
public enum ConsoleContract {
    public static let name = "console"

    /// Where the page's own addresses begin; its scripts find out what to show.
    static let pages = [
        "/", "/approvals", "/benchmarks", "/new", "/pipelines", "/pipelines/{rest...}", "/modules", "/runs",
        "/runs/{rest...}",
    ]

    public static func make() -> APIContract {
        let files = ConsoleFile.all()
        let page = files.first { $0.path == "index.html" }
        let routes = files.map { route("/assets/\($0.path)", to: $0) }
        return APIContract(
            name: name,
            routes: routes + (page.map { page in pages.map { route($0, to: page) } } ?? []),
            render: { .text("\($0.message)\n", status: $0.status) }
        )
    }

    private static func route(_ pattern: String, to file: ConsoleFile) -> Route {
        Route(.get, pattern, handler: .immediate { request in file.response(to: request) })
    }
}
