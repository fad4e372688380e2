import Belt
import Leads

/// Remembers what accounts let one choose from, so that a lead does not cost three calls more.
///
/// What is remembered is at most ``staleness`` old; what the CRM then refuses as not there is forgotten,
/// and the next call asks again. One question an integration is asked at a time.
package actor ListMemory {
  static let staleness = Duration.seconds(60)

  private struct Known {
    let lists: AccountLists
    let until: ContinuousClock.Instant
  }

  private var known: [String: Known] = [:]
  private var asking: [String: Task<Result<AccountLists, CallError>, Never>] = [:]

  package init() {}

  func lists(of api: any RDCRMAPI) async throws(CallError) -> AccountLists {
    let integration = api.integration
    if let known = known[integration], known.until > .now { return known.lists }
    if let asking = asking[integration] { return try await asking.value.get() }
    let task = Task { () -> Result<AccountLists, CallError> in
      do throws(CallError) {
        return .success(try await api.lists())
      } catch {
        return .failure(error)
      }
    }
    asking[integration] = task
    defer { asking[integration] = nil }
    let lists = try await task.value.get()
    known[integration] = Known(lists: lists, until: .now + Self.staleness)
    return lists
  }

  func forget(_ integration: String) { known[integration] = nil }
}
