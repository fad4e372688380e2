import Testing

@testable import Postgres

@Suite struct StatementCacheTests {
  @Test func `the least recently used statement makes room`() {
    var cache = StatementCache(capacity: 2)
    let first = cache.insert("a")
    let second = cache.insert("b")
    #expect(cache.name(of: "a") == first)
    _ = cache.insert("c")
    #expect(cache.name(of: "b") == nil)
    #expect(cache.name(of: "a") == first)
    #expect(cache.abandoned == [second])
  }

  @Test func `a name is never used twice`() {
    var cache = StatementCache(capacity: 1)
    var names: Set<String> = []
    for text in ["a", "b", "a", "b", "a"] { names.insert(cache.insert(text)) }
    #expect(names.count == 5)
    #expect(cache.count == 1)
  }

  @Test func `a statement that failed to be prepared does not remove its successor`() {
    var cache = StatementCache(capacity: 4)
    let first = cache.insert("a")
    cache.abandon("a")
    let second = cache.insert("a")
    cache.remove("a", named: first)
    #expect(cache.name(of: "a") == second)
  }
}
