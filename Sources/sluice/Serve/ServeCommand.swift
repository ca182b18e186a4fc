import PipelineEngine
import PipelineKit

/// `sluice serve`: the engine for browsers and programs.
enum ServeCommand: Subcommand {
    typealias Options = ServeSettings

    static let name = "serve"
    static let summary = "Serves runs over HTTP: a web console, an API with live events, and the interface of retrAI."

    static func run(_ arguments: Arguments, in session: Session) async throws(CommandError) -> ExitStatus {
        let layers = try SettingLayers(
            of: ServeSettings.self,
            options: arguments.options.members,
            environment: session.environment
        )
        do throws(CommandError) {
            let settings = try options(layers.merged)
            guard !settings.printConfig else {
                printSettings(settings, layers)
                return .achieved
            }
            return try await run(settings, [], in: session)
        } catch {
            throw layers.naming(error)
        }
    }

    static func run(_ settings: ServeSettings, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        try await Server(settings, session).run()
    }

    private static func printSettings(_ settings: ServeSettings, _ layers: SettingLayers) {
        let values = settings.json.members
        for field in ServeSettings.fields where field.name != "print_config" {
            let value = values[field.name].map(\.jsonText) ?? "-"
            Output.line(
                "\(field.name.padded(to: 12)) \(value.padded(to: 24)) \(layers.source(of: field.name))".harmless
            )
        }
    }
}
