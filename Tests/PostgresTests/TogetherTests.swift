import Postgres
import Testing

/// Several statements as one.
@Suite(.timeLimit(.minutes(1)))
struct TogetherTests {
  @Test func `each read keeps its own rows, in their order and with their columns`() async throws {
    try await withPool { pool in
      let reads: [SQL] = [
        "select n, n > 1 as is_more from generate_series(1, 3) as n order by n desc",
        "select 1 as n where false",
        "select pg_advisory_xact_lock(n) from generate_series(1, 2) as n",
        """
        select \("a \"b\"\\ \t\u{1} é 👍 {[,")::text as text, null::int as nothing, '{}'::text[] as none,
          array['x', 'y"z', '{'] as several, array[1, 2] as numbers,
          '{"k": [1, "}\\"]", null, {}]}'::jsonb as json, '\\x00ff'::bytea as bytes, -7 as number
        """,
      ]
      let parts = try await pool.run(.together(reads)).parts(reads.count)
      #expect(try parts[0].map { try $0.int("n") } == [3, 2, 1])
      #expect(try parts[0].map { try $0.bool(1) } == [true, true, false])
      #expect(parts[1].isEmpty)
      #expect(parts[2].count == 2)
      let row = parts[3][0]
      #expect(try row.string("text") == "a \"b\"\\ \t\u{1} é 👍 {[,")
      #expect(try row.optionalInt("nothing") == nil)
      #expect(try row.strings("none") == [])
      #expect(try row.strings("several") == ["x", "y\"z", "{"])
      #expect(try row.ints("numbers") == [1, 2])
      #expect(try row.string("json") == #"{"k": [1, "}\"]", null, {}]}"#)
      #expect(try row.bytes("bytes") == [0, 255])
      #expect(try row.int("number") == -7)
      #expect(throws: PostgresError.self) { try row.string("other") }
    }
  }

  @Test func `writes go in their order, and each sees a row that it waited for as it is then`()
    async throws
  {
    try await withPool(size: 3) { pool in
      try await pool.run([
        "create table first (id int primary key, told text)",
        "create table second (id int primary key, told text)",
        "create table free (told text)", "insert into first values (1, 'a')",
        "insert into second values (1, 'b')",
      ])
      let writes = try #require(
        SQL.together(
          ordered: [
            { after in "update first set told = told || '+' where id = 1 and \(after)" },
            { after in
              """
              update second s set told = s.told || '+' from unnest(\([1])::int[]) as k (id)
              where s.id = k.id and \(after)
              """
            },
          ],
          free: ["insert into free values (\("x"))"]
        )
      )
      async let holder = pool.transaction { connection in
        try connection.run("update second set told = 'held' where id = 1")
        while try !connection.run(
          """
          select exists (
            select from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid)))
          """
        )[0].bool(0) {}
        // Who waits for the second row has the first one by then.
        return try connection.run(
          "select not exists (select from first where id = 1 for update skip locked)"
        )[0].bool(0)
      }
      while try await pool.run(
        "select count(*) from pg_locks where relation = 'second'::regclass and mode = 'RowExclusiveLock'"
      )[0].int(0) == 0 {}
      try await pool.run(writes)
      #expect(try await holder)
      let rows = try await pool.run(
        "select f.told, s.told, (select count(*) from free) from first f, second s"
      )
      #expect(try rows[0].string(0) == "a+" && rows[0].string(1) == "held+" && rows[0].int(2) == 1)
    }
  }

  @Test func `nothing to write is no statement`() {
    let nothing = SQL.together(ordered: [], free: [])
    #expect(nothing == nil)
  }
}
