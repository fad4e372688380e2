import Leads

/// What is odd about the records that leads make, and who gets them.
struct RecordChecks {
  let root: Section
  let settings: Settings

  func run() {
    checkCompanies()
    checkTaxID()
    checkDraws()
  }

  private func checkTaxID() {
    let names = settings.rdFields.map(\.name)
    guard let name = settings.taxIDField, !names.isEmpty, !names.contains(name) else { return }
    root["tax_id_field"]
      .problem("rd_station.fields has no “\(name)”", near: name, among: names)
  }

  private func checkCompanies() {
    let naming = root["lead_name_as_company"]
    if settings.leadNameAsCompany, settings.centralizeBy == .contact {
      naming.problem("is possible only with centralize_by: company")
    } else if settings.leadNameAsCompany {
      naming.warning(
        "leads of equal name without a company (two called João) fall into one company"
      )
    }
    if settings.centralizeBy == .company, !settings.records.create.contains(.company) {
      root["centralize_by"].warning(
        "keeps leads of one company together, and records.create leaves companies out"
      )
    }
  }

  /// Without contacts nothing is drawn: the first of a group gets everything (B091, B092).
  private func checkDraws() {
    guard !settings.records.create.contains(.contact) else { return }
    let first = "is drawn only while contacts are created; as records.create leaves them out, "
    func warn(_ place: Field, _ owner: Trigger.Owner) {
      guard let member = settings.catalogue.firstMember(of: owner) else { return }
      place.warning(first + "\(member) gets everything")
    }
    for (trigger, item) in zip(settings.triggers, root["triggers"].items()) {
      warn(Section(item, .trigger)["owner"], trigger.owner)
    }
    if let owner = settings.records.owners[.company] {
      let owners = Section(root["records"], .records)["owners"]
      warn(Section(owners, .recordOwners)["company"], owner)
    }
  }
}

extension CRMCatalogue {
  /// Who comes first in a group; nil when the owner is no group.
  fileprivate func firstMember(of owner: Trigger.Owner) -> String? {
    switch owner {
    case .everyone: users.first?.email
    case .administrators: users.first(where: \.isAdministrator)?.email
    case .team(let name): teams.first { $0.name == name }?.members.first
    case .leadOwner, .contactOwner, .user: nil
    }
  }
}
