import Glibc
import ServiceLifecycle
import Synchronization

/// Raised as soon as the process is asked to stop, so that nobody sends it more.
final class StoppingFlag: Service, Sendable {
  private let raised = Atomic<Bool>(false)

  var isRaised: Bool { raised.load(ordering: .relaxed) }

  func run() async throws {
    // Also thrown out of the wait by cancellation, which means the same here.
    defer { raised.store(true, ordering: .relaxed) }
    try await gracefulShutdown()
  }
}

/// Lets the process open as many descriptors as the system allows it: a connection is one each, and
/// the usual limit of 1024 is a few slow clients.
func raiseDescriptorLimit() {
  var limit = rlimit()
  guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
  limit.rlim_cur = min(limit.rlim_max, 65_536)
  setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}
