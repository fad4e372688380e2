internal import Hummingbird

/// What a call asks for: of a GET the query, of a POST the form.
///
/// Anything else is not read.
struct DataCRMForm: Sendable {
  let isPost: Bool
  private let values: [String: String]

  init(of request: inout Request) async throws {
    isPost = request.method == .post
    guard isPost else {
      values = Self.values(in: request.uri.query ?? "")
      return
    }
    let bytes = Array(try await request.collectBody(upTo: 1 << 20).readableBytesView)
    let type = request.headers[.contentType] ?? ""
    let isForm = type.hasPrefix("application/x-www-form-urlencoded")
    values = isForm ? Self.values(in: String(decoding: bytes, as: UTF8.self)) : [:]
  }

  private static func values(in text: String) -> [String: String] {
    let pairs = text.split(separator: "&").map { pair in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (
        percentDecoded(parts[0], plusIsSpace: true),
        parts.count > 1 ? percentDecoded(parts[1], plusIsSpace: true) : ""
      )
    }
    return Dictionary(pairs) { _, last in last }
  }

  /// In lower case; case does not matter.
  var operation: String { values["operation"]?.lowercased() ?? "" }

  /// Nil for what is missing: a text that is empty or `0` counts so.
  subscript(name: String) -> String? {
    values[name].flatMap { $0.isEmpty || $0 == "0" ? nil : $0 }
  }
}
