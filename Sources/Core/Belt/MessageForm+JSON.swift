private import FoundationEssentials

extension MessageForm: Codable {
  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: Name.self)
    for name in members.allKeys where try !members.decodeNil(forKey: name) {
      do {
        values[name] =
          name.isNumber
          ? .number(try members.decode(Int64.self, forKey: name))
          : .text(try members.decode(String.self, forKey: name))
      } catch DecodingError.typeMismatch {
        values[name] = .other
      }
    }
    try takePrevious(from: decoder)
  }

  package func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: Name.self)
    for (name, value) in values {
      switch value {
      case .text(let text): try members.encode(text, forKey: name)
      case .number(let number): try members.encode(number, forKey: name)
      case .other: try members.encodeNil(forKey: name)
      }
    }
    try encodePrevious(to: encoder)
  }
}

/// A message with its body, which is a text of JSON itself: after the first hop it holds ids.
extension Message: Codable {
  private enum BodyName: String, CodingKey { case body }

  package init(from decoder: any Decoder) throws {
    let body = try decoder.container(keyedBy: BodyName.self).decode(String.self, forKey: .body)
    self = try MessageForm(from: decoder).message(body: Array(body.utf8))
  }

  package func encode(to encoder: any Encoder) throws {
    try MessageForm(self).encode(to: encoder)
    var members = encoder.container(keyedBy: BodyName.self)
    try members.encode(String(decoding: body, as: UTF8.self), forKey: .body)
  }
}

/// The JSON text of messages and of their forms; equal ones have equal texts.
package enum MessageJSON {
  private static let encoder = {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }()
  private static let decoder = JSONDecoder()

  package static func bytes(of value: some Encodable & Sendable) -> [UInt8] {
    do {
      return Array(try encoder.encode(value))
    } catch {
      preconditionFailure("texts and numbers can always be written: \(error)")
    }
  }

  package static func text(of value: some Encodable & Sendable) -> String {
    String(decoding: bytes(of: value), as: UTF8.self)
  }

  /// - Throws: ``MalformedMessage``, or an error of decoding, for what is no message of ours; the latter's
  ///   words may quote it, so they are not for logs.
  package static func read<Value: Decodable>(_: Value.Type, from bytes: [UInt8]) throws -> Value {
    try decoder.decode(Value.self, from: Data(bytes))
  }
}
