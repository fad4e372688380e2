/// Collects the parameters of one statement in the form in which libpq takes them.
///
/// All values lie one behind the other in one buffer, each ended by a zero byte, so a statement of
/// any number of parameters costs two allocations. Everything is sent in text form without a type,
/// which leaves the type to the statement (`\(id)::uuid`); only single byte strings go in binary.
package struct ParameterWriter: Sendable {
  /// Where one parameter lies in the buffer.
  struct Slot: Sendable {
    /// Negative for NULL.
    var offset: Int
    var count: Int
    var isBinary: Bool
  }

  /// Why the statement cannot be sent.
  struct Flaw: Sendable {
    var parameter: Int
    var reason: String
  }

  /// What the protocol can count.
  static let countMax = 65_535

  private(set) var buffer: [UInt8] = []
  private(set) var slots: [Slot] = []
  private(set) var hasBinary = false
  private(set) var flaw: Flaw?
  private var isInArray = false

  init(capacity: Int = 0) {
    slots.reserveCapacity(capacity)
  }

  /// Writes NULL.
  package mutating func null() {
    if isInArray {
      buffer.append(contentsOf: "NULL".utf8)
    } else {
      slots.append(Slot(offset: -1, count: 0, isBinary: false))
    }
  }

  /// Writes the text form of any type: JSON, an identifier, a time.
  package mutating func text(_ value: String) {
    var value = value
    value.withUTF8 { text(utf8: $0) }
  }

  /// Writes the text form of any type from its bytes, which must be UTF-8.
  package mutating func text(utf8: UnsafeBufferPointer<UInt8>) {
    // libpq would cut the value at the zero byte without a word.
    if utf8.contains(0) { note("holds a zero byte, which PostgreSQL text cannot") }
    guard isInArray else { return plain { $0.append(contentsOf: utf8) } }
    buffer.append(UInt8(ascii: "\""))
    for byte in utf8 {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        buffer.append(UInt8(ascii: "\\"))
      }
      buffer.append(byte)
    }
    buffer.append(UInt8(ascii: "\""))
  }

  package mutating func integer(_ value: Int64) {
    plain { buffer in
      if value < 0 { buffer.append(UInt8(ascii: "-")) }
      let start = buffer.count
      var rest = value.magnitude
      repeat {
        buffer.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
        rest /= 10
      } while rest > 0
      buffer[start...].reverse()
    }
  }

  package mutating func bool(_ value: Bool) {
    plain { $0.append(UInt8(ascii: value ? "t" : "f")) }
  }

  /// Writes the shortest text that reads back as the same number; NaN and the infinities too.
  package mutating func double(_ value: Double) {
    plain { $0.append(contentsOf: value.description.utf8) }
  }

  /// Writes a `bytea`.
  package mutating func bytes(_ value: [UInt8]) {
    guard isInArray else {
      slots.append(Slot(offset: buffer.count, count: value.count, isBinary: true))
      hasBinary = true
      buffer.append(contentsOf: value)
      buffer.append(0)
      return
    }
    let digits = Array("0123456789abcdef".utf8)
    buffer.append(contentsOf: "\"\\\\x".utf8)
    buffer.reserveCapacity(buffer.count + 2 * value.count + 2)
    for byte in value {
      buffer.append(digits[Int(byte >> 4)])
      buffer.append(digits[Int(byte & 15)])
    }
    buffer.append(UInt8(ascii: "\""))
  }

  /// Writes an array literal of one dimension.
  package mutating func array<Element: ArrayElement>(_ elements: [Element]) {
    guard !isInArray else { return note("nests an array in an array") }
    let start = buffer.count
    isInArray = true
    buffer.append(UInt8(ascii: "{"))
    var isFirst = true
    for element in elements {
      if !isFirst { buffer.append(UInt8(ascii: ",")) }
      isFirst = false
      element.bind(into: &self)
    }
    buffer.append(UInt8(ascii: "}"))
    isInArray = false
    finish(from: start)
  }

  /// Adds all parameters of another statement behind the ones of this.
  mutating func append(_ other: ParameterWriter) {
    let start = buffer.count
    let first = slots.count
    buffer.append(contentsOf: other.buffer)
    for var slot in other.slots {
      if slot.offset >= 0 { slot.offset += start }
      slots.append(slot)
    }
    hasBinary = hasBinary || other.hasBinary
    if flaw == nil, var flaw = other.flaw {
      flaw.parameter += first
      self.flaw = flaw
    }
  }

  // A value that needs no quotes in an array.
  private mutating func plain(_ write: (inout [UInt8]) -> Void) {
    let start = buffer.count
    write(&buffer)
    if !isInArray { finish(from: start) }
  }

  private mutating func finish(from start: Int) {
    slots.append(Slot(offset: start, count: buffer.count - start, isBinary: false))
    buffer.append(0)
  }

  private mutating func note(_ reason: String) {
    if flaw == nil { flaw = Flaw(parameter: slots.count + 1, reason: reason) }
  }
}
