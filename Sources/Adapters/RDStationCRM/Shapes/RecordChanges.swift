import Leads

extension PersonChange {
  init(creating draft: RecordDraft, _ values: FieldValues) {
    self.init(
      name: Self.name(of: draft),
      emails: [draft.email?.nonBlank].compactMap(\.self),
      phones: [draft.phone?.nonBlank].compactMap(\.self),
      organizationID: draft.company?.id,
      title: values.text(.title),
      fields: values.custom
    )
  }

  /// What the draft adds to a person: nobody's name is written over, and no address or number is lost.
  init(of person: Person, to draft: RecordDraft, _ values: FieldValues) {
    self.init(fields: values.changed(from: person.fields))
    if person.name.nonBlank == nil { name = Self.name(of: draft) }
    if let email = draft.email?.nonBlank,
      !person.emails.contains(where: { $0.lowercased() == email.lowercased() })
    {
      emails = person.emails + [email]
    }
    if let phone = draft.phone?.nonBlank,
      !person.phones.contains(where: { Self.digits($0) == Self.digits(phone) })
    {
      phones = person.phones + [phone]
    }
    if let company = draft.company, company.id != person.organizationID {
      organizationID = company.id
    }
    if let title = values.text(.title), title != person.title { self.title = title }
  }

  /// The vendor takes no name of one letter.
  private static func name(of draft: RecordDraft) -> String {
    let name = draft.name?.nonBlank ?? draft.email?.nonBlank ?? draft.phone?.nonBlank ?? ""
    return name.count > 1 ? name : "Lead \(name)".trimmed
  }

  private static func digits(_ phone: String) -> String {
    PhoneNumber(phone)?.e164 ?? phone.filter(\.isNumber)
  }
}

extension CompanyChange {
  init(creating draft: RecordDraft, _ owner: String?, _ values: FieldValues) {
    let name = draft.name?.nonBlank ?? draft.keys.first?.value ?? ""
    self.init(fields: values.custom)
    self.name = name.count > 1 ? name : "Empresa \(name)".trimmed
    userID = owner
    url = values.text(.url)
    about = values.text(.about)
    address = values.text(.address)
    segments = values.native[.segments]
  }

  init(of company: Company, to values: FieldValues) {
    self.init(fields: values.changed(from: company.fields))
    if let url = values.text(.url), url != company.url { self.url = url }
    if let about = values.text(.about), about != company.about { self.about = about }
    if let address = values.text(.address), address != company.address { self.address = address }
    if let segments = values.native[.segments], Set(segments) != Set(company.segments) {
      self.segments = segments
    }
  }
}
