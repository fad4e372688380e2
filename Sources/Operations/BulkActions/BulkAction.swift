package import StrictJSON
package import Belt

/// A bulk action on dead letters as a thing of its own: it can be looked at, paused, and gone on with
/// after whoever ran it died.
package struct BulkAction: Sendable, Hashable {
  package enum Kind: String, Sendable {
    case retry, discard
  }

  package enum State: String, Sendable {
    /// Its members are chosen, nothing is done.
    case planned
    case running, paused
    case done, cancelled
  }

  package let id: Identifier
  package let kind: Kind
  package let state: State
  /// What was asked for.
  package let filter: JSON
  /// Why they are discarded.
  package let reason: String?
  package let actor: String
  /// Items a second, of all its runners together.
  package let pace: Int
  /// RFC 3339 in UTC.
  package let plannedAt: String
  package let endedAt: String?
  package let counts: Counts

  /// Its items by what became of them.
  package struct Counts: Sendable, Hashable {
    package let total: Int
    package let done: Int
    /// Those that were no longer open when their turn came.
    package let skipped: Int

    package var left: Int { total - done - skipped }
  }

  /// How many dead letters of one cause and integration it means, or would mean.
  package struct Share: Sendable, Hashable {
    package let integration: String
    package let stage: String
    package let code: String
    package let count: Int
    /// RFC 3339 in UTC: when the oldest was given up last.
    package let oldest: String
  }
}

extension BulkAction: JSONForm {
  package var json: JSON {
    [
      "id": .string("\(id)"), "kind": .string(kind.rawValue), "state": .string(state.rawValue),
      "filter": filter, "reason": .optional(reason), "actor": .string(actor),
      "pace": .number(pace), "planned_at": .string(plannedAt), "ended_at": .optional(endedAt),
      "items": .number(counts.total), "done": .number(counts.done),
      "skipped": .number(counts.skipped), "left": .number(counts.left),
    ]
  }
}

extension BulkAction {
  /// With what it is about.
  package func json(with shares: [Share]) -> JSON { json.with(("shares", shares.json)) }
}

extension BulkAction.Share: JSONForm {
  package var json: JSON {
    [
      "integration": .string(integration), "stage": .string(stage), "code": .string(code),
      "count": .number(count), "oldest": .string(oldest),
    ]
  }
}

/// A bulk action that was planned, or might be, and what it is about.
package struct PlannedBulkAction: Sendable, Hashable, JSONForm {
  /// Nil where nothing was planned: it was a look only, or nothing is meant.
  package let action: BulkAction?
  package let shares: [BulkAction.Share]

  package var json: JSON { ["planned": action?.json ?? .null, "shares": shares.json] }
}
