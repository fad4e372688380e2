package import Belt
package import OutsideCalls
import Leads

/// One version of the vendor's API, bound to an integration: v1 with a user's token, v2 with OAuth.
///
/// Every function throws ``CallError``; what changes something is made once and never repeated here.
protocol RDCRMAPI: Sendable {
  var integration: String { get }

  /// Pipelines, users and fields: what a call needs to find its way.
  func lists() async throws(CallError) -> AccountLists
  /// Names of teams with their members' addresses.
  func teams() async throws(CallError) -> [CRMCatalogue.Team]
  /// The id of the one of that name; nil when there is none.
  func source(_ name: String) async throws(CallError) -> String?
  func addSource(_ name: String) async throws(CallError) -> String
  func campaign(_ name: String) async throws(CallError) -> String?
  func addCampaign(_ name: String) async throws(CallError) -> String

  /// Oldest first.
  func people(email: String) async throws(CallError) -> [Person]
  func people(phone: String) async throws(CallError) -> [Person]
  func person(_ id: String) async throws(CallError) -> Person?
  func add(_ person: PersonChange) async throws(CallError) -> Person
  func change(person id: String, _ change: PersonChange) async throws(CallError)

  /// Those whose name contains the text.
  func companies(named text: String) async throws(CallError) -> [Company]
  func company(_ id: String) async throws(CallError) -> Company?
  func add(_ company: CompanyChange) async throws(CallError) -> Company
  func change(company id: String, _ change: CompanyChange) async throws(CallError)

  /// Those whose name contains the text, oldest first: a copy comes after what it was copied from.
  func deals(named text: String) async throws(CallError) -> [(id: String, name: String)]
  func deal(_ id: String) async throws(CallError) -> Deal?
  /// The contact of a new deal is linked by ``tie(deal:to:)`` where `tiesApart`.
  func add(_ deal: DealChange) async throws(CallError) -> String
  func change(deal id: String, _ change: DealChange) async throws(CallError)
  /// Whether a deal and a contact are linked by a call of its own.
  var tiesApart: Bool { get }
  func tie(deal: String, to person: String) async throws(CallError)

  func notes(of deal: String) async throws(CallError) -> [String]
  func add(note text: String, to deal: String, by user: String) async throws(CallError)

  /// Deals that changed at that moment or later, in milliseconds since 1970; without one, as many as show
  /// where things stand, the newest among them.
  func deals(changedSince moment: Int64?) async throws(CallError) -> [ChangedDeal]

  func webhooks() async throws(CallError) -> [RDCRMWebhookState]
  func addWebhook(_ event: String, to url: String) async throws(CallError)
  /// One that was suspended is active again.
  func reactivate(_ webhook: RDCRMWebhookState) async throws(CallError)
}

extension OutsideSystem {
  package static let rdStationCRM = OutsideSystem(name: "RD Station CRM", code: "rdcrm")
}

extension Quota {
  /// All calls of an account count against one limit.
  package static let rdStationCRM = Quota("rdcrm")
}

/// How many calls an account may make: 120 a minute on every paid plan, shared with the customer's other
/// tools.
package struct RDCRMQuotas: Sendable, Hashable {
  package let callsPerMinute: Int

  package init(callsPerMinute: Int = 120) {
    precondition(callsPerMinute > 0)
    self.callsPerMinute = callsPerMinute
  }

  package func bucket(of _: Quota) -> QuotaBucket {
    QuotaBucket(callsPerMinute: Double(callsPerMinute))
  }
}
