import OutsideCalls
import Testing

@testable import DataCRM
@testable import Sandbox

/// The sandbox plays the operations that we call, each by its method.
struct DataCRMRouteTests {
  private static let played = Set(
    DataCRMSimulator.reading.map { "GET /webservice.php?operation=\($0)" }
      + DataCRMSimulator.writing.map { "POST /webservice.php?operation=\($0)" }
  )

  /// Of other clients: `delete` ends what a customer works with, `sync` shows only the caller's own
  /// records, and `listtypes` tells nothing that `describe` does not.
  private static let ofOthers: Set<String> = [
    "GET /webservice.php?operation=listtypes", "GET /webservice.php?operation=sync",
    "POST /webservice.php?operation=logout", "POST /webservice.php?operation=extendsession",
    "POST /webservice.php?operation=delete", "POST /webservice.php?operation=convertlead",
  ]

  @Test func `every operation of the adapter is played by the sandbox, and no other is left over`()
  {
    let called = Set(DataCRMRoutes.patterns.map(\.description))
    #expect(called.subtracting(Self.played) == [])
    #expect(Self.played.subtracting(called) == Self.ofOthers)
  }
}
