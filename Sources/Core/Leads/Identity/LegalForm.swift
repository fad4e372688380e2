/// The legal form of a company, as it is written after the name; the most telling first.
package enum LegalForm: String, Sendable, CaseIterable {
  /// LTDA and LIMITADA, and EIRELI, which Lei 14.195/2021 turned into a limited company; SLU.
  case limited
  /// S.A.
  case corporation
  /// S.A.S. in Colombia.
  case simplified
  /// S. en C. in Colombia.
  case limitedPartnership = "limited_partnership"
  /// S.C.A. in Colombia.
  case partnershipByShares = "partnership_by_shares"
  /// E.U. in Colombia.
  case soleOwner = "sole_owner"
  /// SPE in Brazil.
  case specialPurpose = "special_purpose"
  /// SCP in Brazil.
  case silentPartnership = "silent_partnership"
  case cooperative
  case foundation
  /// CIA, and Y CÍA.
  case company
  /// E.S.P. in Colombia: a public utility, besides its form.
  case publicService = "public_service"
  /// MEI, ME and EPP in Brazil: a size, besides the form.
  case individualEntrepreneur = "individual_entrepreneur"
  case microEnterprise = "micro_enterprise"
  case smallEnterprise = "small_enterprise"

  /// How the forms are written, as folded words; the longer first.
  static let endings: [(words: [String], form: LegalForm)] = [
    (["s", "en", "cs"], .limitedPartnership), (["s", "en", "c"], .limitedPartnership),
    (["s", "a", "s"], .simplified), (["s", "c", "a"], .partnershipByShares),
    (["&", "s", "p"], .publicService), (["s", "a"], .corporation),
    (["ltda"], .limited), (["limitada"], .limited), (["eireli"], .limited), (["slu"], .limited),
    (["sa"], .corporation), (["sas"], .simplified), (["sca"], .partnershipByShares),
    (["spe"], .specialPurpose), (["scp"], .silentPartnership), (["coop"], .cooperative),
    (["fundacion"], .foundation), (["fundacao"], .foundation), (["cia"], .company),
    (["esp"], .publicService), (["mei"], .individualEntrepreneur), (["me"], .microEnterprise),
    (["epp"], .smallEnterprise),
  ]
}
