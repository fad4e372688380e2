package import Belt

/// Assumed (reference 9.5): our marker is the end of a deal's name, since v1 can look for nothing else
/// that we may write.
///
/// Twelve hexadecimal digits of it in brackets, such as `Ana Prado [9f31c07ab2d4]`: a seller may change
/// the rest of the name, and a deal is found for as long as the brackets stand. We find a deal by its id
/// as soon as we know that; by its name only while the outcome of its creation is not known.
package struct DealReference: Sendable, Hashable {
  /// Without brackets: what is looked for.
  package let text: String

  package init(_ marker: Identifier) {
    text = String(marker.description.filter { $0 != "-" }.prefix(12))
  }

  /// A deal's name: 2 to 255 characters.
  func name(_ title: String) -> String { "\(title.prefix(240)) [\(text)]" }

  func isIn(_ name: String) -> Bool { name.contains("[\(text)]") }
}
