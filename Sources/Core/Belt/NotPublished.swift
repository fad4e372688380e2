/// Why the broker may not have a message.
///
/// The same may be published again.
package struct NotPublished: Error, Sendable, Hashable {
  package enum Extent: Sendable, Hashable {
    /// The broker takes nothing now: it is away, or lacks memory or disk.
    case everything
    /// One queue or exchange does not take it; what goes elsewhere may pass.
    case oneWay
  }

  package let extent: Extent
  /// Names queues and exchanges, never a message.
  package let reason: Reason

  package init(_ extent: Extent, _ reason: Reason) {
    self.extent = extent
    self.reason = reason
  }
}
