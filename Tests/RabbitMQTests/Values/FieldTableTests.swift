import Testing

@testable import RabbitMQ

@Suite struct FieldTableTests {
  @Test(arguments: 0..<200 as Range<UInt64>)
  func `any table survives the way into the memory of the C library and back`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let table = randomTable(depth: 0, using: &generator)
    let pool = WirePool()
    #expect(try FieldTable(pool.table(table), depth: 0) == table)
  }

  @Test func `memory is used again after it was taken back`() throws {
    let pool = WirePool()
    for round in 0..<100 {
      let table: FieldTable = ["round": .int(Int64(round)), "text": .string("olá")]
      #expect(try FieldTable(pool.table(table), depth: 0) == table)
      pool.recycle()
    }
  }

  @Test func `a table nested too deeply is refused`() throws {
    var value = FieldValue.int(1)
    for _ in 0..<40 { value = .array([value]) }
    let pool = WirePool()
    let encoded = try pool.table(["deep": value])
    #expect(throws: LinkError.protocolViolation("a table is nested deeper than 32 levels")) {
      try FieldTable(encoded, depth: 0)
    }
  }

  private func randomTable(
    depth: Int,
    using generator: inout SeededGenerator
  ) -> FieldTable {
    var table: FieldTable = [:]
    for _ in 0..<Int.random(in: 0...6, using: &generator) {
      table[randomText(using: &generator)] = randomValue(depth: depth, using: &generator)
    }
    return table
  }

  private func randomValue(depth: Int, using generator: inout SeededGenerator) -> FieldValue {
    switch Int.random(in: 0...(depth < 4 ? 8 : 6), using: &generator) {
    case 0: .bool(.random(using: &generator))
    case 1: .int(Int64(bitPattern: generator.next()))
    case 2: .double(Double.random(in: -1e300...1e300, using: &generator))
    case 3: .string(randomText(using: &generator))
    case 4:
      .bytes(
        (0..<Int(generator.next() % 20)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
      )
    case 5: .timestamp(generator.next())
    case 6: .void
    case 7: .table(randomTable(depth: depth + 1, using: &generator))
    default:
      .array(
        (0..<Int(generator.next() % 4)).map { _ in
          randomValue(depth: depth + 1, using: &generator)
        }
      )
    }
  }

  private func randomText(using generator: inout SeededGenerator) -> String {
    let letters = Array("abcxyz-çãé日🐇")
    return String(
      (0..<Int(generator.next() % 12)).map { _ in letters[Int(generator.next() % 12)] }
    )
  }
}
