internal import HTTPTypes
internal import Hummingbird
private import NIOCore
internal import StrictJSON

/// An answer that refuses, thrown from wherever the fault is found.
struct Refusal: Error, HTTPResponseError {
  var status: HTTPResponse.Status
  var headers: HTTPFields = [:]
  var body: JSON

  func response(from request: Request, context: some RequestContext) -> Response { response }

  var response: Response { .json(body, status: status, headers: headers) }
}

extension Response {
  static func json(
    _ body: JSON,
    status: HTTPResponse.Status = .ok,
    headers: HTTPFields = [:],
    type: String = "application/json"
  ) -> Response {
    var headers = headers
    headers[.contentType] = type
    return Response(
      status: status,
      headers: headers,
      body: .init(byteBuffer: ByteBuffer(bytes: body.encoded))
    )
  }
}

extension Request {
  /// The body's bytes; longer than the limit is refused with 413.
  func bytes(upTo limit: Int) async throws -> [UInt8] {
    let buffer: ByteBuffer
    do {
      buffer = try await body.collect(upTo: limit)
    } catch is NIOTooManyBytesError {
      throw Refusal(status: .contentTooLarge, body: ["message": "Request body too large"])
    }
    return Array(buffer.readableBytesView)
  }

  /// The body as JSON; refused with 400 `BAD_REQUEST` when it is none.
  func json(upTo limit: Int = 200_000) async throws -> JSON {
    do {
      return try JSON(parsing: try await bytes(upTo: limit))
    } catch is JSONError {
      throw Refusal(
        status: .badRequest,
        body: [
          "errors": ["error_type": "BAD_REQUEST", "error_message": "The body cannot be parsed."]
        ]
      )
    }
  }

  func query(_ name: String) -> String? {
    uri.queryParameters[name[...]].map(String.init)
  }
}

/// The text with `%XX` decoded; as it is where that is not possible.
func percentDecoded(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String {
  var out: [UInt8] = []
  var bytes = Array(text.utf8)[...]
  while let byte = bytes.popFirst() {
    if byte == UInt8(ascii: "%"), bytes.count >= 2,
      let value = UInt8(String(decoding: bytes.prefix(2), as: UTF8.self), radix: 16)
    {
      out.append(value)
      bytes.removeFirst(2)
    } else if plusIsSpace, byte == UInt8(ascii: "+") {
      out.append(UInt8(ascii: " "))
    } else {
      out.append(byte)
    }
  }
  return String(decoding: out, as: UTF8.self)
}
