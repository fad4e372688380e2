internal import SandboxLeads
internal import StrictJSON

/// A deal ("negociação"); the people of it are kept here, whichever side linked them.
struct RDCRMDeal: Sendable, Hashable {
  var id: String
  var name: String
  var stageID: String
  var userID: String
  var rating = 1
  var predictionDate: String?
  var isOnHold = false
  /// Nil while it is open.
  var win: Bool?
  var closedAt: Timestamp?
  var lostReasonID: String?
  var lostNote: String?
  var organizationID: String?
  var sourceID: String?
  var campaignID: String?
  var contactIDs: [String] = []
  /// By the field's id.
  var fields: [String: JSON] = [:]
  var lines: [RDCRMLine] = []
  /// The deal that it was copied from when that one was won.
  var parentID: String?
  var lastActivityAt: Timestamp?
  var lastNote: String?
  var interactions = 0
  var createdAt: Timestamp
  var updatedAt: Timestamp

  var isClosed: Bool { win != nil }

  /// As webhooks and v2 name it.
  var status: String {
    switch win {
    case true?: "won"
    case false?: "lost"
    case nil: isOnHold ? "paused" : "ongoing"
    }
  }

  func cents(_ recurrence: String) -> Int {
    lines.filter { $0.recurrence == recurrence }.reduce(0) { $0 + $1.total }
  }
}

/// A product on a deal; amounts of money are in cents.
struct RDCRMLine: Sendable, Hashable {
  var id: String
  var productID: String?
  var name: String
  var description = ""
  var basePrice = 0
  var price = 0
  var quantity = 1.0
  var discount = 0.0
  /// `value` or `percent`.
  var discountType = "value"
  /// `spare`, once, or `monthly`.
  var recurrence = "spare"

  /// By the whole part of the quantity, as in the documented examples.
  var total: Int {
    let full = price * Int(quantity)
    return discountType == "percent"
      ? full - Int(Double(full) * discount / 100) : full - Int(discount * 100)
  }
}

struct RDCRMContact: Sendable, Hashable {
  struct Phone: Sendable, Hashable {
    var number: String
    var type: String?
  }

  var id: String
  var name: String
  var title: String?
  var emails: [String] = []
  var phones: [Phone] = []
  var birthday: JSON = .null
  /// `facebook`, `linkedin`, `skype`.
  var profiles: [String: String] = [:]
  var organizationID: String?
  var fields: [String: JSON] = [:]
  var legalBases: [JSON] = []
  var createdAt: Timestamp
  var updatedAt: Timestamp
}

struct RDCRMOrganization: Sendable, Hashable {
  var id: String
  var name: String
  var url: String?
  var resume: String?
  var address: String?
  /// Names; the account's segments are those that any organization has.
  var segments: [String] = []
  var userID: String
  var fields: [String: JSON] = [:]
  var createdAt: Timestamp
  var updatedAt: Timestamp
}

/// A note on a deal, which nobody can change.
struct RDCRMNote: Sendable, Hashable {
  var id: String
  var dealID: String
  var userID: String
  var text: String
  var at: Timestamp
}

/// A source, a campaign or a loss reason.
struct RDCRMNamed: Sendable, Hashable {
  var id: String
  var name: String
  var description: String?
  var createdAt: Timestamp
  var updatedAt: Timestamp
}

struct RDCRMProduct: Sendable, Hashable {
  var id: String
  var name: String
  var description: String?
  var basePrice: Int
  var createdAt: Timestamp
  var updatedAt: Timestamp
}
