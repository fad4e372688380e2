import Leads
import Postgres
import Testing

@testable import BeltStorage

struct WriteTests {
  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `however a stage lists its writes, rows are locked in one order and none is left out`(
    seed: UInt64
  ) throws {
    var generator = SeededGenerator(seed: seed)
    let tables = (0..<12).map { _ in
      Write.Table.allCases.randomElement(using: &generator) ?? .own
    }
    let writes = tables.enumerated().map { place, table in
      Write(table) { after in SQL(stringLiteral: "[\(table.rawValue) \(place) ") + after + "]" }
    }
    let statements = writes.statements.map(\.text)
    let places = try Regex(#"\[(\d) (\d+) "#)
    let order = statements.flatMap { statement in
      statement.matches(of: places).map {
        $0.output.compactMap { $0.substring.flatMap { Int($0) } }
      }
    }
    #expect(order.count == writes.count)
    #expect(order == order.sorted { $0.lexicographicallyPrecedes($1) })
  }
}
