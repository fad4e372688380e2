/// A value that can stand in a statement as `\(value)`; it travels as a parameter, never as text of
/// the statement.
package protocol Bindable: Sendable {
  /// Writes this value: exactly one call of one of the writer's methods.
  func bind(into parameters: inout ParameterWriter)
}

/// A value whose arrays can be bound as well, for `unnest(\(values)::uuid[])` and `= any(…)`.
///
/// Types of other modules need nothing but the conformance: inside an array the writer itself
/// quotes and escapes what `bind(into:)` gives it.
package protocol ArrayElement: Bindable {
  /// Writes a whole array; the standard one is right for all but bytes.
  static func bind(_ elements: [Self], into parameters: inout ParameterWriter)
}

extension ArrayElement {
  package static func bind(_ elements: [Self], into parameters: inout ParameterWriter) {
    parameters.array(elements)
  }
}

extension String: ArrayElement {
  package func bind(into parameters: inout ParameterWriter) { parameters.text(self) }
}

extension Int: ArrayElement {
  package func bind(into parameters: inout ParameterWriter) { parameters.integer(Int64(self)) }
}

extension Int64: ArrayElement {
  package func bind(into parameters: inout ParameterWriter) { parameters.integer(self) }
}

extension Int32: ArrayElement {
  package func bind(into parameters: inout ParameterWriter) { parameters.integer(Int64(self)) }
}

extension Bool: ArrayElement {
  package func bind(into parameters: inout ParameterWriter) { parameters.bool(self) }
}

extension Double: ArrayElement {
  package func bind(into parameters: inout ParameterWriter) { parameters.double(self) }
}

/// Bytes are not an array of small integers but one `bytea`.
extension UInt8: ArrayElement {
  package func bind(into parameters: inout ParameterWriter) { parameters.integer(Int64(self)) }

  package static func bind(_ elements: [UInt8], into parameters: inout ParameterWriter) {
    parameters.bytes(elements)
  }
}

extension Optional: Bindable where Wrapped: Bindable {
  package func bind(into parameters: inout ParameterWriter) {
    if let self { self.bind(into: &parameters) } else { parameters.null() }
  }
}

extension Optional: ArrayElement where Wrapped: ArrayElement {}

extension Array: Bindable where Element: ArrayElement {
  package func bind(into parameters: inout ParameterWriter) {
    Element.bind(self, into: &parameters)
  }
}

extension Array: ArrayElement where Element == UInt8 {}
