/// The keys of log metadata: one word per idea everywhere.
///
/// Values are identifiers and codes only, never personal data or secrets.
package enum LogKey {
  package static let integration = "integration.id"
  package static let message = "message.id"
  /// A code, such as `rd_login_expired`.
  package static let reason = "reason"
  package static let error = "error"
  /// The pattern of a route, never the path that was asked for.
  package static let route = "route"
  package static let status = "status"
}
