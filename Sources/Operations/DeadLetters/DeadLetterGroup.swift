/// Open dead letters of one cause.
package struct DeadLetterGroup: Sendable, Hashable {
  package let fingerprint: String
  package let stage: String
  package let code: String
  package let count: Int
  /// RFC 3339 in UTC.
  package let firstAt: String
  package let lastAt: String
  /// Of the newest.
  package let sentence: String
  /// By name.
  package let integrations: [String]

  /// What a person can do about it.
  package var fix: DeadLetterFix { DeadLetterFix(code: code, fingerprint: fingerprint) }
}
