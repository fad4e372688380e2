package import StrictJSON

/// What one or more bodies of RD Station say of a field of a lead.
package enum FieldState: Sendable, Hashable {
  /// Never null, blank or an empty list.
  case value(JSON)
  /// Sent as null, blank or an empty list: whoever keeps a copy empties it.
  case cleared
  /// Not mentioned: RD Station leaves out custom fields without a value, so that absence never means
  /// that a field was emptied.
  case notSent
}
