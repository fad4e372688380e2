package import StrictJSON

/// One difference between two versions of settings, by the names that people gave.
package struct SettingsChange: Sendable, Hashable {
  enum Kind: String {
    case added, removed, changed
    /// Another place in an order that counts.
    case moved
  }

  let kind: Kind
  /// Such as `trigger 2 (any conversion)`; a removed one has the number that it had.
  let subject: String
  /// What of it, such as `owner`; nil where the whole is meant.
  let member: String?
  let before: String?
  let after: String?
  private let words: String

  init(_ kind: Kind, _ part: SettingsPart) {
    self.kind = kind
    subject = part.title
    member = nil
    before = kind == .removed ? part.words : nil
    after = kind == .added ? part.words : nil
    words = kind == .added ? "+ \(subject): \(part.words)" : "- \(subject)"
  }

  init(changed part: SettingsPart, member: String, _ before: SettingsPart.Value) {
    let after = part[member]
    kind = .changed
    subject = part.title
    self.member = member.isEmpty ? nil : member
    self.before = before == .none ? nil : before.words
    self.after = after == .none ? nil : after.words
    words = "\(subject): \(member.isEmpty ? "" : "\(member) ")\(before.words(to: after))"
  }

  init(moved part: SettingsPart, from before: Int, to after: Int) {
    kind = .moved
    subject = part.title
    member = nil
    self.before = "\(before)"
    self.after = "\(after)"
    words =
      before == after
      ? "\(subject): is place \(after) again, among others than before"
      : "\(subject): moved from place \(before) to \(after)"
  }

  package var json: JSON {
    [
      "change": .string(kind.rawValue), "subject": .string(subject), "member": .optional(member),
      "before": .optional(before), "after": .optional(after), "sentence": .string(words),
    ]
  }
}

extension SettingsChange: CustomStringConvertible {
  package var description: String { words }
}
