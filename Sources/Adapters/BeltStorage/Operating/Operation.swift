package import StrictJSON
package import Belt

/// A bulk action on dead letters as a thing of its own: it can be looked at, paused, and gone on with
/// after whoever ran it died.
package struct Operation: Sendable, Hashable {
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
