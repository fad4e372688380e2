import Synchronization
import Testing
import Belt

struct SideBySideTests {
  @Test func `work that does not end in time is cancelled and answers nothing`() async {
    let answer = await inTime(before: .now + .milliseconds(20)) {
      while !Task.isCancelled { await Task.yield() }
      return 1
    }
    #expect(answer == nil)
  }

  @Test func `work that ends in time answers, and none begins too late`() async {
    #expect(await inTime(before: .now + .seconds(60)) { 1 } == 1)
    let begun = Mutex(false)
    let late: Void? = await inTime(before: .now) { begun.withLock { $0 = true } }
    #expect(late == nil)
    #expect(begun.withLock { $0 } == false)
  }
}
