import Leads
import StrictJSON

/// A deal as either version of the API shows it.
struct Deal: Sendable, Hashable {
  var id: String
  var name: String
  var status: OpportunityState.Status
  var stageID: String
  /// Decimal text with two places; nil when there is no amount.
  var value: String?
  var lossReason: String?
  /// Where only the id is told.
  var lossReasonID: String?
  var userID: String?
  /// By ``AccountLists/Field/key``.
  var fields: [String: JSON]
  /// The time of its last change, by the CRM's clock, in milliseconds.
  var version: Int
}

/// What a call makes of a deal; nil stays as it is.
struct DealChange: Sendable, Hashable {
  var name: String?
  var stageID: String?
  var userID: String?
  var rating: Int?
  var organizationID: String?
  var contactID: String?
  var sourceID: String?
  var campaignID: String?
  /// Of the one amount that we write.
  var value: String?
  var expectedClose: String?
  var fields: [String: JSON] = [:]
}

struct Person: Sendable, Hashable {
  var id: String
  var name: String
  var emails: [String]
  var phones: [String]
  var organizationID: String?
  var title: String?
  var dealIDs: [String]
  var hasOpenDeal: Bool
  var fields: [String: JSON]
}

struct PersonChange: Sendable, Hashable {
  var name: String?
  /// The whole list, where one is sent.
  var emails: [String]?
  var phones: [String]?
  var organizationID: String?
  var title: String?
  /// The whole list, in v1 only.
  var dealIDs: [String]?
  var fields: [String: JSON] = [:]

  var isNothing: Bool { self == PersonChange() }
}

struct Company: Sendable, Hashable {
  var id: String
  var name: String
  var url: String?
  var about: String?
  var address: String?
  var segments: [String]
  var fields: [String: JSON]
}

struct CompanyChange: Sendable, Hashable {
  var name: String?
  var userID: String?
  var url: String?
  var about: String?
  var address: String?
  var segments: [String]?
  var fields: [String: JSON] = [:]

  var isNothing: Bool { self == CompanyChange() }
}

/// That a deal has changed, and when.
struct ChangedDeal: Sendable, Hashable {
  let id: String
  /// As ``Deal/version``.
  let version: Int
}
