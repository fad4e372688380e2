package import BeltStorage
package import StrictJSON
package import Belt

/// Everything that is known of one event of one lead, for the person who asks why.
///
/// Holds personal data: it is for the operator's eyes, never for a log.
package struct LeadJourney: Sendable, Hashable {
  package struct Line: Sendable, Hashable {
    /// RFC 3339 in UTC, with milliseconds.
    package let at: String
    package let stage: String
    package let code: String
    package let sentence: String
    /// The settings that decided; nil where none were asked.
    package let configVersion: Int?
  }

  package struct Opportunity: Sendable, Hashable {
    package let id: Identifier
    package let pipeline: String
    package let stage: String
    package let owner: String
    /// In the CRM, as far as it is known: open, won or lost; nil while the CRM does not have it.
    package let status: String?
  }

  package struct Unsettled: Sendable, Hashable {
    package let kind: String
    package let state: String
    package let reason: String?
    /// What RD Station would be told, in words; nil for a call of another kind.
    package let what: String?
  }

  package let integration: String
  package let id: Identifier
  /// RFC 3339 in UTC, with milliseconds.
  package let arrivedAt: String
  /// accepted, ignored, duplicate or invalid.
  package let arrivalState: String
  package let arrivalReason: String?
  /// conversion or opportunity_mark; nil when the event was not stored.
  package let kind: String?
  package let identifier: String?
  package let origin: String?
  package let lead: Identifier?
  package let name: String?
  package let email: String?
  package let phone: String?
  package let lines: [Line]
  package let opportunity: Opportunity?
  /// What RD Station has confirmed that it was told, oldest first, in words.
  package let told: [String]
  /// Stages at which a message of the journey is still expected.
  package let onItsWay: [String]
  /// Outside calls that are not confirmed.
  package let unsettled: [Unsettled]
  /// Why the lead waits for the settings to change; nil when it does not.
  package let held: Reason?
  /// Open and retried ones.
  package let deadLetters: [DeadLetter]
}

extension LeadJourney: JSONForm {
  package var json: JSON {
    [
      "integration": .string(integration), "journey": .string("\(id)"),
      "arrived_at": .string(arrivedAt), "state": .string(arrivalState),
      "reason": .optional(arrivalReason), "kind": .optional(kind),
      "identifier": .optional(identifier), "origin": .optional(origin),
      "lead": .optional(lead.map { "\($0)" }), "name": .optional(name), "email": .optional(email),
      "phone": .optional(phone),
      "lines": lines.json,
      "opportunity": opportunity?.json ?? .null,
      "rd_told": .array(told.map(JSON.string)),
      "on_its_way": .array(onItsWay.map(JSON.string)),
      "unsettled": unsettled.json,
      "held": held.map { ["code": .string($0.code), "sentence": .string($0.sentence)] } ?? .null,
      "dead_letters": deadLetters.json,
    ]
  }
}

extension LeadJourney.Line: JSONForm {
  package var json: JSON {
    [
      "at": .string(at), "stage": .string(stage), "code": .string(code),
      "sentence": .string(sentence), "settings_version": configVersion.map(JSON.number) ?? .null,
    ]
  }
}

extension LeadJourney.Opportunity: JSONForm {
  package var json: JSON {
    [
      "id": .string("\(id)"), "pipeline": .string(pipeline), "stage": .string(stage),
      "owner": .string(owner), "status": .optional(status),
    ]
  }
}

extension LeadJourney.Unsettled: JSONForm {
  package var json: JSON {
    [
      "kind": .string(kind), "state": .string(state), "reason": .optional(reason),
      "what": .optional(what),
    ]
  }
}
