private import AsyncHTTPClient
package import Belt
package import Leads
package import Logging
private import NIOPosix
package import OutsideCalls
package import Postgres
private import Synchronization

/// The outside CRMs that this version can write to, and the ways to their accounts: a client, the logins
/// and the permits of an address, made when somebody first asks for it, and closed with the program.
package final class OutsideCRMs: Sendable {
  private struct Way {
    let http: HTTPClient
    let caller: Caller
  }

  private struct Key: Hashable {
    let kind: CRMKind
    let place: OutsideCRM.Place
  }

  /// By kind.
  package let known: [CRMKind: OutsideCRM]
  private let pool: PostgresPool
  private let key: [UInt8]
  private let callsPerMinute: Int?
  private let logger: Logger
  private let ways = Mutex<[Key: Way]>([:])

  /// - Parameters:
  ///   - pool: Where logins and permits are kept.
  ///   - key: 32 bytes that encrypt the logins.
  ///   - callsPerMinute: Of one account; nil is what the vendor grants.
  ///   - logger: Gets what the calls tell.
  package init(pool: PostgresPool, key: [UInt8], callsPerMinute: Int? = nil, logger: Logger) {
    self.pool = pool
    self.key = key
    self.callsPerMinute = callsPerMinute
    self.logger = logger
    let all: [OutsideCRM] = [.rdStationCRM(), .totvs(), .dataCRM()]
    known = Dictionary(uniqueKeysWithValues: all.map { ($0.kind, $0) })
  }

  /// Of these kinds all; nothing is opened by it.
  package var bindings: [CRMKind: CRMs.Binding] {
    var bindings: [CRMKind: CRMs.Binding] = [:]
    for crm in known.values { bindings[crm.kind] = binding(crm) }
    return bindings
  }

  /// Where the logins of that CRM are kept.
  package func store(of crm: OutsideCRM) -> CredentialStore {
    CredentialStore(pool: pool, key: key, system: crm.system.code)
  }

  /// The CRM of these settings, opened by a pass that is not kept yet; nil where it is not outside, or its
  /// address is not known.
  package func crm(of settings: Settings, openedBy pass: Pass) -> (any CRM)? {
    known[settings.crm].flatMap { crm in
      crm.place(of: settings.crmAccount).map { place in
        let way = way(to: place, of: crm)
        let exchange = Exchange(http: way.http, baseURL: place.address, dialect: crm.dialect)
        let caller = Caller(
          exchange,
          logins: GivenPass(pass: pass, system: crm.system),
          permits: UnlimitedPermits(),
          logger: logger
        )
        return crm.bind(caller, place, settings)
      }
    }
  }

  /// Makes the CRM's webhooks come to an address; what comes there already is left as it is.
  ///
  /// - Returns: The events that do not come all the same, read back; nil where only people make webhooks.
  /// - Throws: ``CallError``.
  package func subscribe(
    _ url: String,
    at place: OutsideCRM.Place,
    of crm: OutsideCRM,
    in integration: String
  ) async throws(CallError) -> [String]? {
    guard let subscribe = crm.subscribe else { return nil }
    return try await subscribe(way(to: place, of: crm).caller, place, integration, url)
  }

  /// What tries a login at an account.
  package func grants(_ crm: OutsideCRM, at place: OutsideCRM.Place) -> any TokenGrants {
    crm.grants(way(to: place, of: crm).http, place)
  }

  private func binding(_ crm: OutsideCRM) -> CRMs.Binding {
    { (settings: Settings) throws(CRMError) -> any CRM in try self.bound(crm, settings) }
  }

  private func bound(_ crm: OutsideCRM, _ settings: Settings) throws(CRMError) -> any CRM {
    guard let place = crm.place(of: settings.crmAccount) else {
      throw CRMError(
        .configuration,
        Reason(
          "crm_address_missing",
          "The settings do not say where the account of \(crm.system.name) is; give crm.address."
        )
      )
    }
    return crm.bind(way(to: place, of: crm).caller, place, settings)
  }

  private func way(to place: OutsideCRM.Place, of crm: OutsideCRM) -> Way {
    ways.withLock { ways in
      let key = Key(kind: crm.kind, place: place)
      if let way = ways[key] { return way }
      let way = makeWay(to: place, of: crm)
      ways[key] = way
      return way
    }
  }

  private func makeWay(to place: OutsideCRM.Place, of crm: OutsideCRM) -> Way {
    let http = HTTPClient(
      eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton),
      configuration: HTTPClient.Configuration(calling: place.address, logger: logger)
    )
    let bucket = QuotaBucket(callsPerMinute: Double(callsPerMinute ?? crm.callsPerMinute))
    let caller = Caller(
      Exchange(http: http, baseURL: place.address, dialect: crm.dialect),
      logins: crm.logins(store(of: crm), http, place),
      permits: Faults.around(QuotaPermits(pool: pool, bucket: { _ in bucket })),
      logger: logger
    )
    return Way(http: http, caller: caller)
  }

  /// Ends all connections.
  package func close() async {
    let ways = ways.withLock { ways in
      defer { ways = [:] }
      return ways
    }
    for way in ways.values { await way.http.end(logger) }
  }
}

extension HTTPClient {
  /// Of a process that is ending: what is lost is a connection that the other side will close.
  func end(_ logger: Logger) async {
    do {
      try await shutdown()
    } catch {
      logger.debug("the HTTP client did not close cleanly", metadata: ["error": "\(error)"])
    }
  }
}

/// A pass that was just tried, for the few calls that a person's command makes with it.
private struct GivenPass: Logins {
  let pass: Pass
  let system: OutsideSystem

  func pass(for _: String) -> Pass { pass }

  func renewedPass(for _: String, insteadOf _: Pass) async throws -> Pass {
    throw CallError(.loginDead, of: .repeatable, at: system)
  }
}
