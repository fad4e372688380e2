import AsyncHTTPClient
import Bootstrap
import BeltStorage
import Leads
import OutsideCalls
import RDStation
import Belt

/// Reads everybody's books and compares them; changes nothing.
///
/// RD Station's book is read before ours: what it has was intended here before, and what was confirmed
/// here before that reading must be in it.
struct ReconciliationRun {
  let access: FleetAccess
  /// At most so many updates are looked up one by one at RD Station.
  let limit: Int

  func compare(_ integration: String) async throws -> Reconciliation {
    guard let settings = try await SettingsStore(pool: access.pool).current(integration)?.settings
    else {
      throw try await access.refusal(ofUnknown: integration)
    }
    var result = Reconciliation(integration: integration)
    let reader = ReconciliationReader(pool: access.pool)
    if settings.crm == .embedded {
      result.compare(try await reader.crmBook(of: integration))
    } else {
      result.note("CRM: the books of \(settings.crm.rawValue) cannot be read yet")
    }
    if let sandbox = SandboxAccess(rdURL: access.settings.rdURL) {
      try await compareAll(at: sandbox, settings, reader, &result)
    } else {
      try await compareSample(settings, reader, &result)
    }
    return result
  }

  /// The sandbox shows its whole book, since it was started.
  private func compareAll(
    at sandbox: SandboxAccess,
    _ settings: Settings,
    _ reader: ReconciliationReader,
    _ result: inout Reconciliation
  ) async throws {
    let now = try await BooksReader(pool: access.pool).now()
    let (begin, entries) = try await sandbox.rdBook(account: settings.rdAccount)
    let lines = entries.compactMap { entry in
      entry.effect == "conversion" ? Self.line(entry.marker, entry.identifier) : nil
    }
    let span = Self.span(of: begin, now: now)
    result.note(span.note)
    let updates = try await reader.rdUpdates(
      of: settings.integration,
      since: span.since,
      until: now,
      grace: 5
    )
    result.compare(
      updates,
      with: .init(lines: lines, source: "the sandbox's whole book"),
      known: try await reader.known(lines.map(\.marker), in: settings.integration)
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
    _ reader: ReconciliationReader,
    _ result: inout Reconciliation
  ) async throws {
    let updates = try await reader.rdUpdates(
      of: settings.integration,
      since: nil,
      until: try await BooksReader(pool: access.pool).now(),
      grace: 60,
      limit: limit
    )
    let lines = try await lines(
      of: Set(updates.flatMap(\.people)),
      at: settings.integration
    )
    result.compare(
      updates,
      with: .init(lines: lines, source: "the newest \(updates.count) updates, one by one"),
      known: try await reader.known(lines.map(\.marker), in: settings.integration)
    )
  }

  private static func line(_ marker: String?, _ identifier: String?) -> Reconciliation.RDBook.Line?
  {
    guard let marker = marker.flatMap({ Identifier($0) }), let identifier else { return nil }
    return .init(marker: marker, identifier: identifier)
  }

  /// Under the fleet's own quota, which nobody may use beside it.
  private func lines(
    of people: Set<ReconciliationReader.RDUpdateLine.Person>,
    at integration: String
  ) async throws -> [Reconciliation.RDBook.Line] {
    let http = HTTPClient(
      configuration: HTTPClient.Configuration(
        calling: access.settings.rdURL,
        logger: access.logger
      )
    )
    let client = client(http)
    var lines: [Reconciliation.RDBook.Line] = []
    do {
      for person in people {
        let contact = person.uuid.map(RDContactID.uuid) ?? .email(person.email)
        let history = try await Self.waiting {
          () async throws(CallError) in
          try await client.conversions(of: contact, for: integration, limit: 200)
        }
        lines += history.compactMap { Self.line($0.marker, $0.identifier) }
      }
    } catch {
      try await http.shutdown()
      throw error
    }
    try await http.shutdown()
    return lines
  }

  /// Waits for the quota as long as is asked, a minute for one call in all.
  ///
  /// - Throws: `Refusal`, when that is not enough or the call fails in another way.
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
            "RD Station's book cannot be read: \(error)",
            code: error.meaning == .retry ? Refusal.again : Refusal.failed
          )
        }
        // A wait of nothing would go round for ever.
        let next = max(wait, .milliseconds(100))
        waited += next
        guard waited <= .seconds(60), await pause.pause(for: next) else {
          throw Refusal(
            "RD Station's book cannot be read now: its quota is used up, or it is being spared. "
              + "Try again in \(max(1, wait.components.seconds)) s, or with a smaller --limit",
            code: Refusal.again
          )
        }
      }
    }
  }

  private func client(_ http: HTTPClient) -> RDStationClient {
    RDStationClient(
      http: http,
      baseURL: access.settings.rdURL,
      logins: RefreshedLogins(
        store: CredentialStore(pool: access.pool, key: access.settings.secretKey),
        grants: RDTokenGrants(http: http, baseURL: access.settings.rdURL)
      ),
      permits: QuotaPermits(
        pool: access.pool,
        bucket: RDQuotas(callsPerMinute: access.settings.rdCallsPerMinute).bucket
      ),
      logger: access.logger
    )
  }
}
