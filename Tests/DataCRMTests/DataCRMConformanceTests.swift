import CRMConformance
import Testing

/// The port's promises, kept by the adapter over HTTP.
@Suite(.timeLimit(.minutes(2)))
struct DataCRMConformanceTests {
  /// DataCRM has no key under which a second create answers with the first one's record.
  private static let doesNotApply: [CRMPromise] = [.createsTwice]

  @Test(arguments: CRMPromise.allCases.filter { !doesNotApply.contains($0) })
  func `DataCRM keeps the port's promises`(promise: CRMPromise) async throws {
    try await withDataCRM { running async throws in
      try await promise.check(try await DataCRMBed(running))
    }
  }
}
