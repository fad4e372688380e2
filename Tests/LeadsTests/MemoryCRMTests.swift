import CRMConformance
import Leads
import Testing

/// The port, kept by the CRM in memory: what its suite asks can be kept.
struct MemoryCRMTests {
  @Test(arguments: CRMPromise.allCases.filter { $0 != .createsTwice })
  func `a CRM that makes each create anew keeps the port's promises`(promise: CRMPromise)
    async throws
  {
    try await promise.check(MemoryBed())
  }

  @Test func `a CRM that knows its markers makes the same create once`() async throws {
    var traits = CRMTraits.memory
    traits.createsOnce = true
    try await CRMPromise.createsTwice.check(MemoryBed(traits: traits))
  }
}
