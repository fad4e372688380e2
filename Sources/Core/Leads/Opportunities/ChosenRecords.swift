import Belt

extension OpportunityDecision.Choice {
  /// What the CRM is to hold before an opportunity refers to it: the company, then the contact.
  package func records(of subject: OpportunitySubject, in settings: Settings) -> [RecordDraft] {
    // A CRM that shares our people is not searched for them.
    let keys =
      settings.crm.traits.sharesOurPeople ? nil : LeadKeys(of: subject.lead, settings: settings)
    var records: [RecordDraft] = []
    if creates.contains(.company), let company {
      records.append(
        RecordDraft(
          .company,
          id: company,
          record: subject.companyRecord,
          name: subject.companyName,
          keys: keys?.company ?? [],
          owner: owners.company?.owner,
          fields: plan.values(of: .company)
        )
      )
    }
    if creates.contains(.contact) {
      records.append(
        RecordDraft(
          .contact,
          id: contact,
          record: subject.contactRecord,
          name: subject.lead.name?.nonBlank,
          email: subject.lead.email?.nonBlank,
          phone: subject.lead.mobilePhone?.nonBlank ?? subject.lead.personalPhone?.nonBlank,
          keys: keys?.person ?? [],
          owner: owners.contact?.owner,
          fields: plan.values(of: .contact)
        )
      )
    }
    return records
  }
}
