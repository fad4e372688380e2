package import StrictJSON

/// A lead that TOTVS CRM holds, as a look-up answers it.
package struct TOTVSKnownLead: Sendable, Hashable {
  package let record: CRMRecord
  /// RD's id of the lead, where the CRM keeps one.
  package let rdStationID: String?

  package init(record: CRMRecord, rdStationID: String?) {
    self.record = record
    self.rdStationID = rdStationID
  }
}

/// Whether a lead has to be created in TOTVS CRM (totvs-crm.md 7, steps 6 and 7).
package enum TOTVSLeadMatch: Sendable, Hashable {
  case create
  /// Only the opportunity is created (B054): nothing that a person may have edited is overwritten.
  ///
  /// `update`: the one member to be written, with the action `update`; nil when nothing is missing.
  case reuse(CRMRecord, update: JSON?, warning: String?)

  /// Decides by what was found under RD's id and under the e-mail address; RD's id goes first.
  ///
  /// `byEmail`: oldest first, since of several the oldest counts.
  package init(
    _ lead: LeadProfile,
    byRDStationID: TOTVSKnownLead?,
    byEmail: [TOTVSKnownLead]
  ) {
    if let found = byRDStationID {
      let isSame = byEmail.isEmpty || byEmail.contains { $0.record == found.record }
      self = .reuse(
        found.record,
        update: nil,
        warning: isSame
          ? nil
          : "RD Station's id and the e-mail address name different leads of TOTVS CRM; the id decided."
      )
      return
    }
    guard let found = byEmail.first else {
      self = .create
      return
    }
    let stored = found.rdStationID?.nonBlank
    let isOther = stored != nil && lead.rdIdentity != nil && stored != lead.rdIdentity
    self = .reuse(
      found.record,
      update: stored == nil
        ? lead.rdIdentity.map { ["customFields": ["rdStationId": .string($0)]] } : nil,
      warning: isOther
        ? "The lead of TOTVS CRM with this e-mail address keeps another id of RD Station, which was "
          + "left as it is." : nil
    )
  }
}
