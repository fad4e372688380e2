import Leads
package import Postgres
package import Belt

/// The receipts of handled messages and the lines of the journeys, written with every effect.
enum Receipts {
  static func reading(_ batch: [Message]) -> SQL {
    """
    select r.message_id, r.follows
    from unnest(\(batch.map(\.integration))::text[], \(batch.map(\.id))::uuid[]) as k (i, m)
    join receipt r on r.integration_id = k.i and r.message_id = k.m
    """
  }

  /// What handled messages ended with: done, with the same follow-ups.
  static func load(_ batch: [Message]) -> Load<[Identifier: Outcome]> {
    Load(reading(batch)) { try outcomes(in: $0) }
  }

  static func outcomes(in rows: Rows) throws -> [Identifier: Outcome] {
    var outcomes: [Identifier: Outcome] = [:]
    for row in rows {
      outcomes[try row.identifier("message_id")] = .done(follows: try row.messages("follows"))
    }
    return outcomes
  }

  static func writing(_ settled: [Settled], at stage: Flow) -> [Write] {
    let lines = settled.flatMap { settled in
      settled.journey.map { (integration: settled.message.integration, entry: $0) }
    }
    return receipts(settled, at: stage) + journey(lines, at: stage)
  }

  static func receipts(_ settled: [Settled], at stage: Flow) -> [Write] {
    let done = settled.compactMap { settled -> (Message, [Message])? in
      guard case .done(let follows) = settled.outcome else { return nil }
      return (settled.message, follows)
    }
    guard !done.isEmpty else { return [] }
    let messages = done.map(\.0)
    return [
      .own(
        """
        insert into receipt
          (integration_id, message_id, stage, journey_id, outcome, follows, follow_ids)
        select i, m, \(stage.stage), j, 'done', f, string_to_array(ids, ',')::uuid[]
        from unnest(
          \(messages.map(\.integration))::text[], \(messages.map(\.id))::uuid[],
          \(messages.map(\.journey))::uuid[],
          \(done.map { MessageJSON.text(of: $0.1) })::text[],
          \(done.map { $0.1.map(\.id.description).joined(separator: ",") })::text[]
        ) as k (i, m, j, f, ids)
        order by i, m
        """
      )
    ]
  }

  /// Appends lines to journeys.
  static func journey(_ lines: [(integration: String, entry: JourneyEntry)], at stage: Flow)
    -> [Write]
  {
    guard !lines.isEmpty else { return [] }
    // Also within the batch.
    var said: Set<[String]> = []
    let lines = lines.filter { line in
      let words = [line.integration, "\(line.entry.journey)", line.entry.code, line.entry.sentence]
      return !line.entry.isSaidOnce || said.insert(words).inserted
    }
    return [
      .own(
        """
        insert into journey
          (integration_id, journey_id, at, stage, code, sentence, subject_id, config_version)
        select i, j, clock_timestamp(), \(stage.stage), c, s, u, v
        from unnest(
          \(lines.map(\.integration))::text[], \(lines.map(\.entry.journey))::uuid[],
          \(lines.map(\.entry.code))::text[], \(lines.map(\.entry.sentence))::text[],
          \(lines.map(\.entry.subject))::uuid[], \(lines.map(\.entry.configVersion))::int[],
          \(lines.map(\.entry.isSaidOnce))::bool[]
        ) as k (i, j, c, s, u, v, o)
        where not o or not exists (select from journey x where x.integration_id = k.i
          and x.journey_id = k.j and x.stage = \(stage.stage) and x.code = k.c
          and x.sentence = k.s offset 0)
        """
      )
    ]
  }
}

extension Row {
  /// Messages as ``Receipts`` and ``Holds`` keep them.
  package func messages(_ column: Column) throws -> [Message] { try stored([Message].self, column) }

  package func message(_ column: Column) throws -> Message { try stored(Message.self, column) }

  package func stored<Value: Decodable>(_: Value.Type, _ column: Column) throws -> Value {
    do {
      return try MessageJSON.read(Value.self, from: Array(try string(column).utf8))
    } catch let error as PostgresError {
      throw error
    } catch {
      // Without the error's words, which may quote a body.
      throw PostgresError.decoding(column: name(of: column), expected: "a stored message")
    }
  }
}
