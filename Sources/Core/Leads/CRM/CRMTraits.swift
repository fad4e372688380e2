/// What a CRM can do and what it asks for, as data: everything that is not its adapter decides by these.
package struct CRMTraits: Sendable, Hashable {
  /// The keys that find somebody, and by which `find` is asked (R13, R14).
  package var personKeys: Set<MatchKey.Kind>
  package var companyKeys: Set<MatchKey.Kind>
  /// Where a number without a country code is from, unless the lead says otherwise.
  package var country: Country
  /// What becomes of a lead with a value that a field does not take, unless the field's row says
  /// otherwise (R35).
  package var mismatchPolicy: FieldPolicy
  /// What becomes of a lead that leaves a required field empty (B150, R35).
  package var missingPolicy: FieldPolicy
  /// Whether only leads that were marked as opportunity enter (B017).
  package var takesMarksOnly = false
  /// How many tags a record can hold; one that is not named is without bound (B142–B144).
  package var tagMax: [RecordKind: Int] = [:]
  /// Its people and companies are those that we keep, so there is nobody to ask before one counts as new.
  package var sharesOurPeople = false
  /// Its records stand in our own database, where they can be compared with ours.
  package var isColocated = false
  /// A second create with the same marker answers with the first one's record.
  package var createsOnce = false
  /// How long a create whose answer was lost may still be carried out and not be shown: before that time
  /// is over, nothing is created again.
  package var settlesWithin = Duration.seconds(180)
  /// Where tags stand in a field of the opportunity: in a text, parted by commas, and not in a list.
  package var keepsTagsInText = false
  /// How its accounts are opened: none where it needs no login, the first where nothing is said.
  package var doors: [CRMDoor] = []
  package var tellsByHook = true
  package var isPolled = false

  package init(
    personKeys: Set<MatchKey.Kind>,
    companyKeys: Set<MatchKey.Kind>,
    country: Country = .brazil,
    mismatchPolicy: FieldPolicy = .blank,
    missingPolicy: FieldPolicy
  ) {
    self.personKeys = personKeys
    self.companyKeys = companyKeys
    self.country = country
    self.mismatchPolicy = mismatchPolicy
    self.missingPolicy = missingPolicy
  }

  fileprivate func with(_ change: (inout Self) -> Void) -> Self {
    var traits = self
    change(&traits)
    return traits
  }
}

/// The CRMs that a document can name, each with its traits.
extension CRMKind {
  package static let embedded = CRMKind(
    "embedded",
    CRMTraits(
      personKeys: [.rdUUID, .crmID, .email, .mobile, .phone],
      companyKeys: [.taxID, .companyName],
      missingPolicy: .hold
    ).with {
      $0.sharesOurPeople = true
      $0.isColocated = true
      $0.createsOnce = true
      $0.settlesWithin = .zero
    }
  )

  package static let totvs = CRMKind(
    "totvs",
    CRMTraits(
      personKeys: [.rdUUID, .crmID, .email],
      companyKeys: [.taxID, .companyName],
      missingPolicy: .hold
    ).with {
      $0.keepsTagsInText = true
      $0.doors = [
        CRMDoor(
          at: "https://totvscrm.app",
          clientID: "user",
          clientSecret: "tenant",
          secret: "password"
        )
      ]
    }
  )

  /// A Colombian product: it knows a contact by e-mail or mobile number, and a client by its NIT alone;
  /// without one the contact's company is taken.
  package static let datacrm = CRMKind(
    "datacrm",
    CRMTraits(
      personKeys: [.rdUUID, .crmID, .email, .mobile],
      companyKeys: [.taxID],
      country: .colombia,
      missingPolicy: .refuse
    ).with {
      $0.takesMarksOnly = true
      $0.tagMax = [.contact: 1, .company: 1]
      $0.keepsTagsInText = true
      $0.doors = [CRMDoor(clientID: "user", secret: "access_key")]
      $0.tellsByHook = false
      $0.isPolled = true
    }
  )

  package static let rdStationCRM = CRMKind(
    "rd_station_crm",
    CRMTraits(
      personKeys: [.rdUUID, .crmID, .email],
      companyKeys: [.taxID, .companyName],
      mismatchPolicy: .refuse,
      missingPolicy: .refuse
    ).with {
      $0.doors = [
        CRMDoor(version: "v1", at: "https://crm.rdstation.com", secret: "token"),
        CRMDoor(
          version: "v2",
          at: "https://api.rd.services",
          clientID: "client_id",
          clientSecret: "client_secret",
          secret: "refresh_token",
          isSpentByUse: true
        ),
      ]
    }
  )

  package static let allCases: [CRMKind] = [embedded, totvs, datacrm, rdStationCRM]
}
