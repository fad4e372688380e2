package import BeltStorage
package import StrictJSON
import Belt

extension DeadLetter: JSONForm {
  /// Without the body, which may hold personal data.
  package var json: JSON {
    [
      "id": .string("\(message.id)"), "integration": .string(message.integration),
      "stage": .string(message.stage), "type": .string(message.type),
      "journey": .string("\(message.journey)"), "code": .string(reason.code),
      "sentence": .string(reason.sentence), "fingerprint": .string(fingerprint),
      "group": .string(fingerprint), "discard_reason": .optional(discardReason),
      "attempts": .number(attempts), "first_at": .string(firstAt), "last_at": .string(lastAt),
      "state": .string(state.rawValue),
    ]
  }

  /// What a person can do about it.
  package var fix: DeadLetterFix { DeadLetterFix(code: reason.code, fingerprint: fingerprint) }
}

/// A dead letter with its body.
package struct WholeDeadLetter: Sendable, Hashable, JSONForm {
  package let letter: DeadLetter

  package init(_ letter: DeadLetter) { self.letter = letter }

  /// May hold personal data.
  package var body: String { String(decoding: letter.message.body, as: UTF8.self) }

  package var json: JSON {
    letter.json.with(
      ("body_sha256", .string(letter.bodySHA256)),
      ("edited_at", .optional(letter.editedAt)),
      ("body", .string(body))
    )
  }
}

extension DeadLetterGroup: JSONForm {
  package var json: JSON {
    [
      "group": .string(fingerprint), "stage": .string(stage), "code": .string(code),
      "count": .number(count), "first_at": .string(firstAt), "last_at": .string(lastAt),
      "sentence": .string(sentence), "integrations": .array(integrations.map(JSON.string)),
      "fix": .string(fix.sentence), "command": .string(fix.command),
    ]
  }
}
