package import StrictJSON

/// One difference between two versions of settings.
package struct SettingsChange: Sendable, Hashable, CustomStringConvertible {
  /// Such as `triggers[1].stage`.
  package let path: String
  /// Nil where there was nothing.
  package let before: JSON?
  package let after: JSON?

  package var description: String {
    switch (before, after) {
    case (nil, let after?): "\(path): now \(after.text)"
    case (let before?, nil): "\(path): no longer \(before.text)"
    case (let before?, let after?): "\(path): \(before.text) → \(after.text)"
    case (nil, nil): path
    }
  }
}

/// Compares settings in their stored form.
package enum SettingsChanges {
  /// Every difference, in the order of the newer one's members.
  package static func between(_ before: JSON, _ after: JSON) -> [SettingsChange] {
    compare(before, after, at: "")
  }

  private static func compare(_ before: JSON?, _ after: JSON?, at path: String) -> [SettingsChange]
  {
    switch (before, after) {
    case (.object(let old), .object(let new)):
      let gone = old.list.map(\.key).filter { new[$0] == nil }
      return (new.list.map(\.key) + gone).flatMap { key in
        compare(old[key], new[key], at: path.isEmpty ? key : "\(path).\(key)")
      }
    case (.array(let old), .array(let new)):
      return (0..<max(old.count, new.count)).flatMap { index in
        compare(
          index < old.count ? old[index] : JSON?.none,
          index < new.count ? new[index] : JSON?.none,
          at: "\(path)[\(index)]"
        )
      }
    default:
      return before == after ? [] : [SettingsChange(path: path, before: before, after: after)]
    }
  }
}
