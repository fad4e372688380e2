/// The eleven fields that the standard model carries, by the names that people see (B165,
/// totvs-crm.md 6.5).
package enum TOTVSField: String, Sendable, CaseIterable {
  case name = "Nome"
  case email = "E-mail"
  case company = "Empresa"
  case jobTitle = "Cargo"
  case phone = "Telefone"
  case mobile = "Celular"
  case city = "Cidade"
  case state = "Estado"
  case website = "Website"
  case facebook = "Facebook"
  case linkedin = "Linkedin"

  /// What the lead says in it, trimmed; nil when it says nothing.
  func value(of lead: LeadProfile) -> String? {
    let value =
      switch self {
      case .name: lead.name
      case .email: lead.email?.text
      case .company: lead.company
      case .jobTitle: lead.jobTitle
      case .phone: lead.personalPhone
      case .mobile: lead.mobilePhone
      case .city: lead.city
      case .state: lead.state
      case .website: lead.website
      case .facebook: lead.facebook
      case .linkedin: lead.linkedin
      }
    return value?.nonBlank
  }
}
