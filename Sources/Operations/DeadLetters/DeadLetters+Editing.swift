import BeltStorage
import Postgres
package import StrictJSON
package import Belt

/// What an edit of a dead letter did, or would do.
package struct EditedDeadLetter: Sendable, Hashable, JSONForm {
  package let id: Identifier
  package let isChanged: Bool
  /// May hold personal data.
  package let differences: [DeadLetterEdit.Difference]

  package var json: JSON {
    [
      "id": .string("\(id)"), "changed": .bool(isChanged), "differences": differences.json,
    ]
  }
}

extension DeadLetterEdit.Difference: JSONForm {
  package var json: JSON {
    ["path": .string(path), "old": .optional(old), "new": .optional(new)]
  }
}

extension DeadLetters {
  /// Corrects the body of an open one, checked as its stage will read it; nothing is sent.
  ///
  /// - Parameters:
  ///   - id: Its id.
  ///   - change: What a person wants of the body.
  ///   - sha256: What the body's must still be, in hexadecimal; nil takes it as it is now.
  ///   - isTrial: Only says what would change.
  ///   - actor: Who does it, for the audit.
  /// - Returns: What changed, or would.
  /// - Throws: ``Refusal`` when there is none, it is not open, the body is not taken, or somebody was
  ///   quicker; nothing is changed then.
  package func edit(
    _ id: Identifier,
    _ change: DeadLetterEdit.Change,
    expecting sha256: String? = nil,
    isTrial: Bool = false,
    actor: String
  ) async throws -> EditedDeadLetter {
    let letter = try await required([id])[0]
    guard letter.state == .open else {
      throw Refusal(
        .conflict,
        "dead_letter_settled",
        "the dead letter \(id) is \(letter.state.rawValue), so it is not edited"
      )
    }
    let edit: DeadLetterEdit
    do throws(DeadLetterEdit.Fault) {
      edit = try DeadLetterEdit(of: letter.message, change)
    } catch {
      throw Refusal(.invalid, "body_refused", "\(error); nothing was changed")
    }
    let isChanged = !isTrial && !edit.differences.isEmpty
    if isChanged {
      let sha256 = sha256?.lowercased() ?? letter.bodySHA256
      guard try await self.edit(letter, edit, expecting: sha256, actor: actor) else {
        throw Refusal(
          .conflict,
          "dead_letter_changed",
          "somebody edited, sent or discarded it meanwhile; nothing was changed",
          remedy: "Run: esteira dead-letters show \(id)"
        )
      }
    }
    return EditedDeadLetter(id: id, isChanged: isChanged, differences: edit.differences)
  }

  /// Puts an edited body in the place of the old one, if that is still what the person saw.
  ///
  /// The first body is kept beside it. Nothing is sent.
  ///
  /// - Returns: Whether it was; not when it is no longer open, is being sent, or has another body by
  ///   now: it is left as it is then.
  func edit(
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
