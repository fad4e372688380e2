package import StrictJSON

/// An error answer for people and programs (RFC 9457, `application/problem+json`).
package struct ProblemDetails: Sendable {
  package static let contentType = "application/problem+json"

  package var status: Int
  /// The same for every occurrence.
  package var title: String
  /// What was wrong this time and what to do, in plain words; no personal data.
  package var detail: String
  /// Members of our own, after the usual ones.
  package var extra: [(String, JSON)] = []

  package init(status: Int, title: String, detail: String, extra: [(String, JSON)] = []) {
    self.status = status
    self.title = title
    self.detail = detail
    self.extra = extra
  }

  package var json: JSON {
    .object(
      [
        ("type", "about:blank"), ("title", .string(title)), ("status", .number(status)),
        ("detail", .string(detail)),
      ] + extra
    )
  }
}
