package import Leads
package import StrictJSON

/// The book of a CRM that a simulator plays: what was made is counted in the simulator's own ledger, which
/// nobody changes, and whom it is about is read at the simulator's screens.
package struct SimulatedBook: CRMBook {
  /// One call of the sandbox without a login; its answer's body.
  package typealias Call =
    @Sendable (_ method: String, _ path: String, _ body: JSON?) async throws -> [UInt8]

  private let screens: any CRMScreens
  private let account: String
  private let firstLine: Int
  private let call: Call

  /// - Parameters:
  ///   - screens: Those of the CRM.
  ///   - account: Its name at the simulator.
  ///   - firstLine: Of the ledger: what stands up to there was made by others.
  ///   - call: Calls the sandbox.
  package init(
    _ screens: any CRMScreens,
    account: String,
    after firstLine: Int,
    call: @escaping Call
  ) {
    self.screens = screens
    self.account = account
    self.firstLine = firstLine
    self.call = call
  }

  package func holdings() async throws -> CRMHoldings {
    let ledger = try await call("GET", "/ledger?after=\(firstLine)", nil)
      .split(separator: UInt8(ascii: "\n")).map { try JSON(parsing: Array($0)) }
    var pages: [JSON] = []
    for path in screens.pages(of: account) {
      pages.append(try JSON(parsing: try await call("GET", path, nil)))
    }
    let made = ledger.filter {
      $0["system"]?.string == screens.system && $0["account"]?.string == account
    }.compactMap(screens.made)
    return CRMHoldings(made, shown: screens.shown(pages))
  }

  package func act(_ act: SellerAct, on opportunity: CRMHoldings.Opportunity) async throws {
    let click = screens.click(act, on: opportunity, of: account)
    _ = try await call("POST", click.path, click.body)
  }

  package func callOnChanges(_ hook: String) async throws -> Bool {
    let clicks = screens.clicks(calling: hook, of: account)
    for click in clicks {
      _ = try await call(click.body == nil ? "DELETE" : "POST", click.path, click.body)
    }
    return !clicks.isEmpty
  }
}

/// A record that a CRM's ledger says was made.
package struct MadeRecord: Sendable, Hashable {
  package let kind: RecordKind
  package let id: String

  package init(_ kind: RecordKind, id: String) {
    self.kind = kind
    self.id = id
  }
}

/// What a CRM's screens show, by its ids.
package struct ShownRecords: Sendable, Hashable {
  package var opportunities: [String: CRMHoldings.Opportunity] = [:]
  package var parties: [String: CRMHoldings.Party] = [:]
}

/// What is done at a screen; without a body something is taken away.
package struct ScreenClick: Sendable, Hashable {
  package let path: String
  package let body: JSON?

  package init(_ path: String, _ body: JSON?) {
    self.path = path
    self.body = body
  }
}

/// How one simulator's ledger and screens are read and used.
package protocol CRMScreens: Sendable {
  /// In the ledger, and where the simulator's paths begin.
  var system: String { get }
  /// Nil for a line that tells of no record that was made.
  func made(_ line: JSON) -> MadeRecord?
  func pages(of account: String) -> [String]
  /// What the answers of the pages show, in their order.
  func shown(_ pages: [JSON]) -> ShownRecords
  func click(_ act: SellerAct, on opportunity: CRMHoldings.Opportunity, of account: String)
    -> ScreenClick
  /// What makes the CRM call an address; none where its API does.
  func clicks(calling hook: String, of account: String) -> [ScreenClick]
}

extension CRMScreens {
  package func clicks(calling _: String, of _: String) -> [ScreenClick] { [] }
}

extension CRMHoldings {
  init(_ made: [MadeRecord], shown: ShownRecords) {
    var opportunities: [Opportunity] = []
    var parties: [Party: Int] = [:]
    var vanished = 0
    for record in made {
      if let opportunity = shown.opportunities[record.id] {
        opportunities.append(opportunity)
      } else if let party = shown.parties[record.id] {
        parties[party, default: 0] += 1
      } else {
        vanished += 1
      }
    }
    self.init(opportunities: opportunities, parties: parties, vanished: vanished)
  }
}
