package import StrictJSON

/// A value that is shown to programs in one form, whoever shows it.
package protocol JSONForm {
  /// Members in a fixed order, null for what is not there; may hold personal data where the value does.
  var json: JSON { get }
}

extension Array where Element: JSONForm {
  package var json: JSON { .array(map(\.json)) }
}

extension JSON {
  /// The object with some members set, at its end where they are new.
  func with(_ others: (String, JSON)...) -> JSON {
    guard case .object(var members) = self else { return self }
    for (key, value) in others { members[key] = value }
    return .object(members)
  }
}
