import Testing

@testable import Ingress

struct SpoolReceiptTests {
  @Test func `the first word counts, before the wait and in it`() async {
    let early = SpoolReceipt()
    early.settle(.failure(.tooSlow))
    early.settle(.success(()))
    #expect(await early.answer().failure == .tooSlow)

    let late = SpoolReceipt()
    async let answer = late.answer()
    await Task.yield()
    #expect(!late.isSettled)
    late.settle(.success(()))
    late.settle(.failure(.full))
    #expect(await answer.failure == nil)
  }
}
