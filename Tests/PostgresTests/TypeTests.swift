import Postgres
import Testing

@Suite struct TypeTests {
  @Test func `each type comes back as it was sent`() async throws {
    try await withPool(size: 1) { pool in
      let bytes: [UInt8] = [0, 1, 92, 39, 255]
      let row = try await pool.run(
        """
        select \("olá \"'\\ 😀")::text, \(-7)::int8, \(Int32.min)::int4, \(true)::bool,
          \(0.1)::float8, \(bytes)::bytea, \("4e3b1d90-0b1c-4f6e-9d2a-1c2b3a4d5e6f")::uuid,
          \(Int64.max)::int8, \(-Double.infinity)::float8, \(Double.greatestFiniteMagnitude)::float8
        """
      )[0]
      #expect(try row.string(0) == "olá \"'\\ 😀")
      #expect(try row.int(1) == -7)
      #expect(try row.int(2) == Int(Int32.min))
      #expect(try row.bool(3))
      #expect(try row.double(4) == 0.1)
      #expect(try row.bytes(5) == bytes)
      #expect(try row.string(6) == "4e3b1d90-0b1c-4f6e-9d2a-1c2b3a4d5e6f")
      #expect(try row.int(7) == Int.max)
      #expect(try row.double(8) == -.infinity)
      #expect(try row.double(9) == .greatestFiniteMagnitude)
    }
  }

  @Test func `nothing and emptiness are told apart`() async throws {
    try await withPool(size: 1) { pool in
      let row = try await pool.run(
        """
        select \(String?.none)::text, \("")::text, \([UInt8]?.none)::bytea, \([UInt8]())::bytea,
          \(Int?.none)::int, \(Bool?.none)::bool, \(Double?.none)::float8, \([String]())::text[],
          \([String]?.none)::text[]
        """
      )[0]
      #expect(try row.optionalString(0) == nil)
      #expect(try row.optionalString(1) == "")
      #expect(try row.optionalBytes(2) == nil)
      #expect(try row.optionalBytes(3) == [])
      #expect(try row.optionalInt(4) == nil)
      #expect(try row.optionalBool(5) == nil)
      #expect(try row.optionalDouble(6) == nil)
      #expect(try row.strings(7) == [])
      #expect(try row.isNull(8))
    }
  }

  @Test func `arrays of each type can be unnested`() async throws {
    try await withPool(size: 1) { pool in
      let ids = [
        "4e3b1d90-0b1c-4f6e-9d2a-1c2b3a4d5e6f", nil, "00000000-0000-0000-0000-000000000001",
      ]
      let blobs: [[UInt8]] = [[], [0, 34, 92, 125], [255]]
      let rows = try await pool.run(
        """
        select * from unnest(\(ids)::uuid[], \(["a,b", "{", "NULL"])::text[],
          \([1, nil, -3])::int8[], \([true, false, true])::bool[],
          \([1.5, .nan, -.infinity])::float8[], \(blobs)::bytea[])
        """
      )
      #expect(rows.count == 3)
      #expect(try rows.map { row in try row.optionalString(0) } == ids)
      #expect(try rows.map { row in try row.string(1) } == ["a,b", "{", "NULL"])
      #expect(try rows.map { row in try row.optionalInt(2) } == [1, nil, -3])
      #expect(try rows.map { row in try row.bool(3) } == [true, false, true])
      #expect(try rows[1].double(4).isNaN)
      #expect(try rows.map { row in try row.bytes(5) } == blobs)
    }
  }

  @Test func `five megabytes pass in both directions`() async throws {
    try await withPool(size: 1) { pool in
      let text = String(repeating: "0123456789abcdé\\", count: 5_000_000 / 17)
      let bytes = [UInt8](repeating: 0, count: 5_000_000).indices.map {
        UInt8(truncatingIfNeeded: $0)
      }
      // Many at once, so that both sides' buffers fill while both are writing.
      let results = try await pool.run([
        "select \(text)::text", "select \(bytes)::bytea", "select \(text)::text",
        "select \([text, text])::text[]",
      ])
      #expect(try results[0][0].string(0) == text)
      #expect(try results[1][0].bytes(0) == bytes)
      #expect(try results[2][0].string(0) == text)
      #expect(try results[3][0].strings(0) == [text, text])
    }
  }

  @Test(arguments: 1...8)
  func `any texts survive the way through an array`(seed: Int) async throws {
    var generator = SeededGenerator(seed: seed)
    let alphabet: [String] = [
      "\"", "\\", "{", "}", ",", "NULL", "null", " ", "\t", "\n", "'", "$1", "é", "😀", "\u{301}",
      "a", "\u{7F}", "\u{1}", "\r\n", ";", "--",
    ]
    let values = (0..<300).map { _ -> String? in
      if Int.random(in: 0..<10, using: &generator) == 0 { return nil }
      let length = Int.random(in: 0...12, using: &generator)
      return (0..<length).map { _ in alphabet.randomElement(using: &generator) ?? "" }.joined()
    }
    try await withPool(size: 1) { pool in
      let results = try await pool.run([
        "select \(values)::text[]",
        "select v from unnest(\(values)::text[]) with ordinality t(v, n) order by n",
      ])
      #expect(try results[0][0].optionalStrings(0) == values)
      // Characters are compared by their bytes: equal strings may be written in two ways.
      let unnested = try results[1].map { row in try row.optionalString(0) }
      #expect(
        unnested.map { $0.map { Array($0.utf8) } } == values.map { $0.map { Array($0.utf8) } }
      )
    }
  }

  @Test func `a column of another type is named in the error`() async throws {
    try await withPool(size: 1) { pool in
      let row = try await pool.run("select 'x' as owner, null as phone, 3000000000 as big")[0]
      #expect(throws: PostgresError.self) { try row.int(0) }
      let error = try await postgresError { try row.string(1) }
      guard case .decoding(column: "phone", _) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(
        throws: PostgresError.decoding(column: "#7", expected: "anything, there are 3 columns")
      ) {
        try row.int(7)
      }
      #expect(try row.int(2) == 3_000_000_000)
    }
  }

  @Test func `bytes that are no UTF-8 are refused by the server and by us`() async throws {
    try await withPool(size: 1) { pool in
      let bytes: [UInt8] = [0x4A, 0xC3, 0x28]
      let refused = try await postgresError {
        try await pool.run("select convert_from(\(bytes), 'UTF8')")
      }
      #expect(refused?.serverError?.state.rawValue == "22021")
      let row = try await pool.withConnection { connection in
        try connection.script("set client_encoding = 'LATIN1'")
        let row = try connection.run("select chr(233) as accent")[0]
        try connection.script("set client_encoding = 'UTF8'")
        return row
      }
      let error = try await postgresError { try row.string(0) }
      guard case .decoding(column: "accent", _) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test func `the number of rows touched is told`() async throws {
    try await withPool(size: 1) { pool in
      let results = try await pool.run([
        "create table t (n int)", "insert into t select generate_series(1, 5)",
        "update t set n = n + 1 where n > 2", "delete from t", "select 1 from t",
      ])
      #expect(results.map(\.affected) == [0, 5, 3, 5, 0])
    }
  }

  @Test func `types of other modules bind through one method`() async throws {
    struct Email: ArrayElement {
      var text: String
      func bind(into parameters: inout ParameterWriter) { parameters.text(text) }
    }
    try await withPool(size: 1) { pool in
      let ana = Email(text: "ana@\"x\".com")
      let row = try await pool.run("select \(ana)::text, \([ana, nil])::text[]")[0]
      #expect(try row.string(0) == ana.text)
      #expect(try row.optionalStrings(1) == [ana.text, nil])
    }
  }
}
