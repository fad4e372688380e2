import Postgres
import StrictJSON
import Belt

extension DeadLetterDesk {
  /// Puts an edited body in the place of the old one, if that is still what the person saw.
  ///
  /// The first body is kept beside it. Nothing is sent.
  ///
  /// - Returns: Whether it was; not when it is no longer open, is being sent, or has another body by
  ///   now: it is left as it is then.
  package func edit(
    _ letter: DeadLetter,
    _ edit: DeadLetterEdit,
    expecting sha256: String,
    actor: String
  ) async throws -> Bool {
    // The places and not the values: the audit holds no personal data.
    let detail: JSON = [
      "id": .string("\(letter.message.id)"), "before": .string(sha256),
      "paths": .array(edit.differences.map { .string($0.path) }),
    ]
    return try await pool.transaction { connection in
      let edited = try connection.run(
        """
        update dead_letter set body = \(edit.body), edited_at = now(),
          original_body = coalesce(original_body, body)
        where integration_id = \(letter.message.integration) and id = \(letter.message.id)
          and state = 'open' and encode(sha256(body), 'hex') = \(sha256)
          and (claim is null or claimed_at < now() - interval '30 s')
        """
      )
      guard edited.affected > 0 else { return false }
      try connection.run(
        """
        insert into audit (actor, integration_id, action, detail)
        values (\(actor), \(letter.message.integration), 'dead_letter.edited',
          \(detail.text)::jsonb)
        """
      )
      return true
    }
  }
}
