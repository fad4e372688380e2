import Leads
import Postgres
import Testing

@testable import BeltStorage

struct WriteTests {
  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `however a stage lists its writes, rows are locked in one order and none is left out`(
    seed: UInt64
  ) {
    var generator = SeededGenerator(seed: seed)
    let tables = (0..<12).map { _ in
      Write.Table.allCases.randomElement(using: &generator) ?? .own
    }
    let writes = tables.enumerated().map { place, table in
      Write(table, SQL(stringLiteral: "\(table.rawValue) \(place)"))
    }
    let order = writes.inLockOrder.map(\.text)
    #expect(order.count == writes.count)
    let keys = order.map { $0.split(separator: " ").compactMap { Int($0) } }
    #expect(keys == keys.sorted { $0.lexicographicallyPrecedes($1) })
  }
}
