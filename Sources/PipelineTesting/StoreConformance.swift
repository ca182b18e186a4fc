public import PipelineEngine
import PipelineKit
import Testing

/// Checks that a store keeps a promise of ``EventStore``: one body for memory, SQLite and whatever comes.
///
///     @Test(arguments: StorePromise.allCases) func keeps(_ promise: StorePromise) async throws {
///         try await expectConformance(to: promise, of: MemoryStore())
///     }
///
/// - Parameter store: without runs; it is left with some.
public func expectConformance(to promise: StorePromise, of store: any EventStore) async throws {
    try await promise.check(store)
}

/// One promise of ``EventStore``, so that a test names the one that is broken.
public enum StorePromise: String, Sendable, CaseIterable {
    case historiesAreReadAsTheyWereWritten, historiesAreReadInPages, aStaleOrGappedBatchIsAConflict
    case aRefusedBatchLeavesNothing, anUnknownRunIsNothing, aBatchWithoutEventsChangesNothing
    case summariesAreTheLastOnes, aBatchWithoutASummaryKeepsTheRow, summariesAreFilteredOrderedAndPaged
    case summariesAreFilteredByWhatTheyAreOf, sequencesAreTheLastOnes
    case whatNobodyHoldsIsFound, ownersAreThoseWhoHold
    case aClaimKeepsOthersOut, aClaimExpires, aDeadOwnersClaimIsOverridden, onlyTheOwnerReleases
    case oneOfManyClaimantsWins, artifactsAreKeptOnce, artifactsGoWithTheirLastRun, removingLeavesOtherRunsAlone
    case oneWriterWinsEachNumber, manyRunsAreWrittenSideBySide
    case accountsChangeWithTheirEvents, anOverdraftWritesNothing, aConflictChargesNobody, manyWritersKeepALimit

    fileprivate func check(_ store: any EventStore) async throws {
        switch self {
        case .historiesAreReadAsTheyWereWritten: try await readAsWritten(store)
        case .historiesAreReadInPages: try await readInPages(store)
        case .aStaleOrGappedBatchIsAConflict: try await conflict(store)
        case .aRefusedBatchLeavesNothing: try await allOrNothing(store)
        case .anUnknownRunIsNothing: try await unknownRun(store)
        case .aBatchWithoutEventsChangesNothing: try await emptyBatch(store)
        case .summariesAreTheLastOnes: try await lastSummary(store)
        case .aBatchWithoutASummaryKeepsTheRow: try await keptSummary(store)
        case .summariesAreFilteredOrderedAndPaged: try await list(store)
        case .summariesAreFilteredByWhatTheyAreOf: try await filters(store)
        case .sequencesAreTheLastOnes: try await sequences(store)
        case .whatNobodyHoldsIsFound: try await unclaimed(store)
        case .ownersAreThoseWhoHold: try await owners(store)
        case .aClaimKeepsOthersOut: try await claimHolds(store)
        case .aClaimExpires: try await claimExpires(store)
        case .aDeadOwnersClaimIsOverridden: try await claimOverridden(store)
        case .onlyTheOwnerReleases: try await claimReleased(store)
        case .oneOfManyClaimantsWins: try await claimants(store)
        case .artifactsAreKeptOnce: try await artifactsOnce(store)
        case .artifactsGoWithTheirLastRun: try await artifactsCollected(store)
        case .removingLeavesOtherRunsAlone: try await removal(store)
        case .oneWriterWinsEachNumber: try await contendedWriters(store)
        case .manyRunsAreWrittenSideBySide: try await parallelRuns(store)
        case .accountsChangeWithTheirEvents: try await chargesAccounts(store)
        case .anOverdraftWritesNothing: try await refusesOverdrafts(store)
        case .aConflictChargesNobody: try await chargesOnceForWhoeverWasFirst(store)
        case .manyWritersKeepALimit: try await keepsTheLimitAmongManyWriters(store)
        }
    }
}
