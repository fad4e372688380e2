import AsyncHTTPClient
import Bootstrap
import LeadStorage
import Leads
import RDStation
import Workers

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
      throw Refusal("there is no integration \(integration). Run: esteira apply -f FILE")
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
    let updates = try await reader.rdUpdates(
      of: settings.integration,
      since: begin,
      until: now,
      grace: 5
    )
    result.compare(
      updates,
      with: .init(lines: lines, source: "the sandbox's whole book"),
      known: try await reader.known(lines.map(\.marker), in: settings.integration)
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
    var lines: [Reconciliation.RDBook.Line] = []
    let client = client
    for person in Set(updates.flatMap(\.people)) {
      let contact = person.uuid.map(RDContactID.uuid) ?? .email(person.email)
      do {
        let history = try await client.conversions(
          of: contact,
          for: settings.integration,
          limit: 200
        )
        lines += history.compactMap { Self.line($0.marker, $0.identifier) }
      } catch {
        throw Refusal(
          "RD Station's book cannot be read: \(error)",
          code: error.remedy == .retry ? Refusal.again : Refusal.failed
        )
      }
    }
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

  private var client: RDStationClient {
    RDStationClient(
      http: .shared,
      baseURL: access.settings.rdURL,
      tokens: RDTokens(
        store: CredentialStore(pool: access.pool, key: access.settings.secretKey),
        http: .shared,
        baseURL: access.settings.rdURL
      ),
      logger: access.logger
    )
  }
}
