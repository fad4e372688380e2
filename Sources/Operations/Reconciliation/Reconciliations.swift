import AsyncHTTPClient
import Bootstrap
import Leads
import OutsideCalls
import RDStation
import Belt

/// Reads everybody's books and compares them; changes nothing.
///
/// RD Station's book is read before ours: what it has was intended here before, and what was confirmed
/// here before that reading must be in it.
package struct Reconciliations: Sendable {
  private let fleet: Fleet
  /// At most so many updates are looked up one by one at RD Station.
  private let limit: Int

  package init(_ fleet: Fleet, limit: Int) {
    self.fleet = fleet
    self.limit = limit
  }

  /// Compares the books of one integration.
  ///
  /// - Throws: ``Refusal`` when there is no such integration, or a book cannot be read.
  package func compare(_ integration: String) async throws -> Reconciliation {
    let versions = SettingsVersions(pool: fleet.pool)
    guard let settings = try await versions.current(integration)?.settings else {
      throw try await versions.refusal(ofUnknown: integration)
    }
    var result = Reconciliation(integration: integration)
    let statements = ReconciliationStatements(pool: fleet.pool)
    if settings.crm.traits.isColocated {
      result.compare(try await statements.crmBook(of: integration))
    } else {
      result.note("CRM: the books of \(settings.crm.rawValue) cannot be read yet")
    }
    if let sandbox = SandboxBook(rdURL: fleet.settings.rdURL) {
      try await compareAll(at: sandbox, settings, statements, &result)
    } else {
      try await compareSample(settings, statements, &result)
    }
    return result
  }

  /// The sandbox shows its whole book, since it was started.
  private func compareAll(
    at sandbox: SandboxBook,
    _ settings: Settings,
    _ statements: ReconciliationStatements,
    _ result: inout Reconciliation
  ) async throws {
    let now = try await fleet.now()
    let (begin, lines) = try await sandbox.read(account: settings.rdAccount)
    let span = Self.span(of: begin, now: now)
    result.note(span.note)
    let updates = try await statements.rdUpdates(
      of: settings.integration,
      since: span.since,
      until: now,
      grace: 5
    )
    result.compare(
      updates,
      with: .init(lines: lines, source: "the sandbox's whole book"),
      known: try await statements.known(lines.map(\.marker), in: settings.integration)
    )
  }

  /// The sandbox keeps its book in memory: what was confirmed before the book began, it cannot show.
  static func span(of begin: String?, now: String) -> (since: String, note: String) {
    guard let begin else {
      return (now, "the sandbox's book was started anew and is empty: there is nothing to compare")
    }
    return (
      begin, "the sandbox's book was started anew at \(begin): only what came since is compared"
    )
  }

  /// RD Station shows the conversions of one lead at a time, so the newest updates are looked up.
  private func compareSample(
    _ settings: Settings,
    _ statements: ReconciliationStatements,
    _ result: inout Reconciliation
  ) async throws {
    let updates = try await statements.rdUpdates(
      of: settings.integration,
      since: nil,
      until: try await fleet.now(),
      grace: 60,
      limit: limit
    )
    let lines = try await lines(of: Set(updates.flatMap(\.people)), at: settings.integration)
    result.compare(
      updates,
      with: .init(lines: lines, source: "the newest \(updates.count) updates, one by one"),
      known: try await statements.known(lines.map(\.marker), in: settings.integration)
    )
  }

  static func line(_ marker: String?, _ identifier: String?) -> Reconciliation.RDBook.Line? {
    guard let marker = marker.flatMap({ Identifier($0) }), let identifier else { return nil }
    return .init(marker: marker, identifier: identifier)
  }

  /// Under the fleet's own quota, which nobody may use beside it.
  private func lines(
    of people: Set<ReconciliationStatements.RDUpdateLine.Person>,
    at integration: String
  ) async throws -> [Reconciliation.RDBook.Line] {
    let configuration = HTTPClient.Configuration(
      calling: fleet.settings.rdURL,
      logger: fleet.logger
    )
    return try await HTTPClient.withHTTPClient(configuration: configuration) { http in
      let client = client(http)
      var lines: [Reconciliation.RDBook.Line] = []
      for person in people {
        let contact = person.uuid.map(RDContactID.uuid) ?? .email(person.email)
        let history = try await Self.waiting { () async throws(CallError) in
          try await client.conversions(of: contact, for: integration, limit: 200)
        }
        lines += history.events.compactMap { Self.line($0.marker, $0.identifier) }
      }
      return lines
    }
  }

  /// Waits for the quota as long as is asked, a minute for one call in all.
  ///
  /// - Throws: ``Refusal`` when that is not enough or the call fails in another way.
  static func waiting<Answer>(
    _ pause: Pause = .real,
    _ call: () async throws(CallError) -> Answer
  ) async throws -> Answer {
    var waited = Duration.zero
    while true {
      do throws(CallError) {
        return try await call()
      } catch {
        guard case .wait(let wait) = error.meaning else {
          throw Refusal(
            error.meaning == .retry ? .unavailable : .failed,
            "rd_book_unread",
            "RD Station's book cannot be read: \(error)"
          )
        }
        // A wait of nothing would go round for ever.
        let next = max(wait, .milliseconds(100))
        waited += next
        guard waited <= .seconds(60), await pause.pause(for: next) else {
          throw Refusal(
            .unavailable,
            "rd_quota_used_up",
            "RD Station's book cannot be read now: its quota is used up, or it is being spared",
            remedy:
              "Try again in \(max(1, wait.components.seconds)) s, or with a smaller --limit"
          )
        }
      }
    }
  }

  private func client(_ http: HTTPClient) -> RDStationClient {
    RDStationClient(
      http: http,
      baseURL: fleet.settings.rdURL,
      logins: RefreshedLogins(
        store: CredentialStore(pool: fleet.pool, key: fleet.settings.secretKey),
        grants: RDTokenGrants(http: http, baseURL: fleet.settings.rdURL)
      ),
      permits: QuotaPermits(
        pool: fleet.pool,
        bucket: RDQuotas(callsPerMinute: fleet.settings.rdCallsPerMinute).bucket
      ),
      logger: fleet.logger
    )
  }
}
