package import StrictJSON

/// The stored form of a profile: RD Station's names, and only what is known, so that joining two
/// profiles member by member keeps what the newer one does not mention.
extension LeadProfile {
  package var json: JSON {
    var members = JSON.Members()
    func set(_ key: String, _ value: String?) {
      if let value { members[key] = .string(value) }
    }
    set("uuid", rdUUID)
    set("id", rdID)
    set("email", email)
    set("name", name)
    set("company", company)
    set("job_title", jobTitle)
    set("personal_phone", personalPhone)
    set("mobile_phone", mobilePhone)
    set("city", city)
    set("state", state)
    set("country", country)
    set("website", website)
    set("facebook", facebook)
    set("linkedin", linkedin)
    set("owner_email", ownerEmail)
    set("lifecycle_stage", lifecycleStage?.rawValue)
    set("fit_letter", fitLetter)
    if let isOpportunity { members["opportunity"] = .bool(isOpportunity) }
    if let interest { members["interest"] = .number(interest) }
    if let tags { members["tags"] = .array(tags.map(JSON.string)) }
    return .object(members)
  }

  /// `customFields`: the members of the stored custom fields.
  package init(json: JSON, customFields: JSON) {
    self.init()
    rdUUID = json["uuid"]?.string
    rdID = json["id"]?.string
    email = json["email"]?.string
    name = json["name"]?.string
    company = json["company"]?.string
    jobTitle = json["job_title"]?.string
    personalPhone = json["personal_phone"]?.string
    mobilePhone = json["mobile_phone"]?.string
    city = json["city"]?.string
    state = json["state"]?.string
    country = json["country"]?.string
    website = json["website"]?.string
    facebook = json["facebook"]?.string
    linkedin = json["linkedin"]?.string
    ownerEmail = json["owner_email"]?.string
    lifecycleStage = json["lifecycle_stage"]?.string.flatMap(LifecycleStage.init(rawValue:))
    fitLetter = json["fit_letter"]?.string
    isOpportunity = json["opportunity"]?.bool
    interest = json["interest"]?.int
    tags = json["tags"]?.array?.compactMap(\.string)
    self.customFields = customFields.members ?? []
  }
}
