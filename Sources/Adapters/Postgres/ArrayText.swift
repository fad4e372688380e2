// Reads an array as the server writes it: `{a,"b \"c\"",NULL}`, or `["a","b \"c\"",null]` in rows that come
// as JSON. One dimension that begins at 1, which is all that bound arrays and `array_agg` produce; anything
// else is nil.

/// The elements; nil when it is no such array, or when one is NULL or of another form.
func parseArray<Element>(
  _ field: UnsafeBufferPointer<UInt8>,
  _ parse: ([UInt8]) -> Element?
) -> [Element]? {
  guard let fields = splitArray(field) else { return nil }
  var elements: [Element] = []
  elements.reserveCapacity(fields.count)
  for field in fields {
    guard let field, let element = parse(field) else { return nil }
    elements.append(element)
  }
  return elements
}

func parseOptionalArray(_ field: UnsafeBufferPointer<UInt8>) -> [String?]? {
  guard let fields = splitArray(field) else { return nil }
  var elements: [String?] = []
  elements.reserveCapacity(fields.count)
  for field in fields {
    guard let field else {
      elements.append(nil)
      continue
    }
    guard let element = parseText(field) else { return nil }
    elements.append(element)
  }
  return elements
}

private func splitArray(_ field: UnsafeBufferPointer<UInt8>) -> [[UInt8]?]? {
  if field.first == UInt8(ascii: "[") {
    var reader = ServerJSON(field)
    return reader.elements()
  }
  guard field.count >= 2, field[0] == UInt8(ascii: "{"), field.last == UInt8(ascii: "}") else {
    return nil
  }
  let body = field[1..<(field.count - 1)]
  if body.isEmpty { return [] }
  var elements: [[UInt8]?] = []
  var element: [UInt8] = []
  var isQuoted = false
  var wasQuoted = false
  var isEscaped = false
  for byte in body {
    switch byte {
    case _ where isEscaped:
      element.append(byte)
      isEscaped = false
    case UInt8(ascii: "\\"): isEscaped = true
    case UInt8(ascii: "\""):
      isQuoted.toggle()
      wasQuoted = true
    case UInt8(ascii: ",") where !isQuoted:
      elements.append(unquotedNull(element, wasQuoted: wasQuoted))
      element.removeAll(keepingCapacity: true)
      wasQuoted = false
    case UInt8(ascii: "{") where !isQuoted: return nil
    default: element.append(byte)
    }
  }
  elements.append(unquotedNull(element, wasQuoted: wasQuoted))
  return elements
}

// The word NULL is the absent value; in quotes it is text.
private func unquotedNull(_ element: [UInt8], wasQuoted: Bool) -> [UInt8]? {
  !wasQuoted && element.elementsEqual("NULL".utf8) ? nil : element
}
