import CRMConformance
import Testing

@Suite(.timeLimit(.minutes(2)))
struct TOTVSConformanceTests {
  /// Nothing says that a second create with one `externalId` is refused, so that the traits do not promise
  /// it; and TOTVS CRM tells by its workflows, so that nobody polls it.
  private static let foreign: Set<CRMPromise> = [.createsTwice, .isPolled]

  @Test(arguments: CRMPromise.allCases.filter { !foreign.contains($0) })
  func `TOTVS CRM keeps the port's promises`(promise: CRMPromise) async throws {
    try await withTenant { running async throws in
      try await promise.check(TOTVSBed(running: running))
    }
  }
}
