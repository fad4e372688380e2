/// What an integration with TOTVS CRM asks for, by the names of totvs-crm.md 6.2.
///
/// The names are kept letter by letter, `oportunity` too: customers bring them along.
package enum TOTVSVariable: String, Sendable, CaseIterable {
  case leadSituation = "totvs_crm_leadsituationid"
  case leadOrigin = "totvs_crm_leadoriginid"
  case emailType = "totvs_crm_emailtypeid"
  case mainPhoneType = "totvs_crm_phonetypeid_main"
  case mobilePhoneType = "totvs_crm_phonetypeid_mobile"
  case addressType = "totvs_crm_addresstypeid"
  case stage = "totvs_crm_oportunity_stage"
  case opportunityType = "totvs_crm_oportunity_type"
  case pipeline = "totvs_crm_pipeline"
  case defaultUser = "totvs_crm_default_user"
  case individual = "totvs_crm_customerpersontype"
  case company = "totvs_crm_customerpersontype_pj"
  /// Ours, not of the twelve: R18 wants a setting that forces one person type.
  case forcedPersonType = "totvs_crm_forced_person_type"

  /// The value in a standard tenant, which any customer can replace (B081); nil where there is none.
  package var standard: String? {
    switch self {
    case .leadSituation: "1aa8633e-5ff3-4bc4-a7d5-1b63a879c4f2"
    case .leadOrigin: "ac80e699-8a31-4f20-9833-d1d3656ee89d"
    case .emailType: "7391c70e-aeb8-4c68-bd5c-7b5d30cf4d1d"
    case .mainPhoneType: "d870427c-bbad-4eb8-9af5-5183b47f648f"
    case .mobilePhoneType: "67cd545a-cf05-441e-a0ec-635c44e60d41"
    case .addressType: "b604f287-36bf-4e6d-ae83-c75c46a2fbeb"
    case .stage: "Abordagem e Investigação"
    case .opportunityType: "Integração RD Station"
    case .pipeline: "MQL - Marketing Qualified Lead"
    case .individual: "8cea3c86-1984-4c77-acf5-3f622c1efe5b"
    case .company: "40694c1a-44f9-4c3b-a5a8-aa63e0742c75"
    case .defaultUser, .forcedPersonType: nil
    }
  }

  /// What it stands for, after “the id of” or “the description of”.
  package var words: String {
    switch self {
    case .leadSituation: "a lead situation"
    case .leadOrigin: "a lead origin"
    case .emailType: "an e-mail type"
    case .mainPhoneType, .mobilePhoneType: "a phone type"
    case .addressType: "an address type"
    case .individual, .company, .forcedPersonType: "a person type"
    case .stage: "a stage"
    case .opportunityType: "an opportunity type"
    case .pipeline: "a pipeline"
    case .defaultUser: "a user"
    }
  }

  /// The variable that somebody may have meant: the one with the fewest letters put in or taken out,
  /// if those are no more than half of its own.
  static func nearest(to name: String) -> TOTVSVariable? {
    let wanted = Array(name.lowercased())
    let candidates = allCases.map { variable in
      (variable, Array(variable.rawValue).difference(from: wanted).count)
    }
    guard let best = candidates.min(by: { $0.1 < $1.1 }),
      best.1 <= best.0.rawValue.count / 2
    else { return nil }
    return best.0
  }
}
