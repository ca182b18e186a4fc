import ConsoleContract
import HTTPKit
import MContract
import NativeContract
import OperationsContract
import PipelineEngine
import PipelineKit
import PipelineTesting
import RetrAIContract
import Testing

/// What every interface owes those who serve it and those who ask it.
@Suite(.timeLimit(.minutes(5)))
struct ContractPromiseTests {
    @Test func sluicesOwnKeepsThem() async throws {
        try await expectConformance(of: { Native.contract($0, Native.Settings(version: "test")) })
    }

    @Test func thatOfRetrAIKeepsThem() async throws {
        try await expectConformance(of: { RetrAI.contract($0) })
    }

    @Test func thatOfProjectMKeepsThem() async throws {
        try await expectConformance(of: { M.contract($0) })
    }

    @Test func whatOperatorsAskKeepsThem() async throws {
        try await expectConformance(of: { Operations.contract($0, metrics: ("text/plain", { "up 1\n" })) })
    }

    /// Its files have no description for programs, and everybody has them.
    @Test func theConsoleKeepsThem() async throws {
        try await expectConformance(of: { _ in ConsoleContract.make() }, isDescribed: false)
    }

    /// What breaks a promise is found: each of these is Sluice's own with one thing wrong.
    @Test(arguments: Broken.allCases) func whatIsBrokenIsFound(_ broken: Broken) async throws {
        await withKnownIssue("\(broken)") {
            try await expectConformance(of: { broken.contract($0) })
        }
    }

    enum Broken: CaseIterable {
        case itsNameIsNoName
        case itsErrorsSayNothing
        case oneRouteIsDescribedByNobody
        case toReadStartsARun

        func contract(_ services: Services) -> APIContract {
            var contract = Native.contract(services, Native.Settings(version: "test"))
            switch self {
            case .itsNameIsNoName: contract.name = "Sluice's own"
            case .itsErrorsSayNothing:
                contract.render = { HTTPResponse.json(["error": "Something is wrong."], status: $0.status) }
            case .oneRouteIsDescribedByNobody:
                contract.routes.append(.get("/api/v1/more") { _ throws(HTTPError) in .json([:]) })
            case .toReadStartsARun:
                let description = RouteDescription("Starts a run.", tag: "runs", responses: [200: .init("Started.")])
                contract.routes.append(
                    .get("/api/v1/more", description) { _ throws(HTTPError) in
                        if let served = try? services.pipelines.load("sample"),
                            let pipeline = try? services.pipelines.resolved(served)
                        {
                            let order = RunOrder(pipeline: pipeline, project: "/tmp", origin: "native")
                            _ = try? await services.runs.start(order)
                        }
                        return .json([:])
                    }
                )
            }
            return contract
        }
    }
}
