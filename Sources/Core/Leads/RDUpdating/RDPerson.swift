/// A lead as RD Station knows it.
package struct RDPerson: Sendable, Hashable {
  /// RD's own id; nil when no body of RD named it.
  package let uuid: String?
  package let email: String?

  package init(uuid: String?, email: String?) {
    self.uuid = uuid
    self.email = email
  }

  /// Whether RD Station can be told of the person: its events know people by e-mail only (B110).
  package var isReachable: Bool { email.flatMap(EmailAddress.init) != nil }
}
