package import Belt

/// The variables of one integration with TOTVS CRM, checked in form; whether the tenant has what they
/// name is another question (``problems(in:)``).
package struct TOTVSVariables: Sendable, Hashable {
  /// A person, or a company (R18).
  package enum PersonType: String, Sendable, CaseIterable {
    case individual = "pf"
    case company = "pj"
  }

  package let leadSituation: Identifier
  package let leadOrigin: Identifier
  package let emailType: Identifier
  package let mainPhoneType: Identifier
  package let mobilePhoneType: Identifier
  package let addressType: Identifier
  package let individual: Identifier
  package let company: Identifier
  /// The description of the stage of an opportunity for which the settings name none.
  package let stage: String
  package let opportunityType: String
  /// The description of the pipeline of an opportunity for which the settings name none.
  package let pipeline: String
  /// The e-mail address of a user; that the user exists is not checked here.
  package let defaultUser: String
  /// Nil decides by the company name.
  package let forcedPersonType: PersonType?

  /// Reads the variables of the settings; one that is not given, or blank, has its standard value.
  ///
  /// - Throws: ``TOTVSVariablesError`` with every problem, not only the first.
  package init(_ given: [String: String]) throws(TOTVSVariablesError) {
    var reading = Reading(given: given)
    leadSituation = reading.id(.leadSituation)
    leadOrigin = reading.id(.leadOrigin)
    emailType = reading.id(.emailType)
    mainPhoneType = reading.id(.mainPhoneType)
    mobilePhoneType = reading.id(.mobilePhoneType)
    addressType = reading.id(.addressType)
    individual = reading.id(.individual)
    company = reading.id(.company)
    stage = reading.value(.stage) ?? ""
    opportunityType = reading.value(.opportunityType) ?? ""
    pipeline = reading.value(.pipeline) ?? ""
    defaultUser = reading.user(.defaultUser)
    forcedPersonType = reading.personType(.forcedPersonType)
    reading.reportUnknownNames()
    guard reading.problems.isEmpty else { throw TOTVSVariablesError(problems: reading.problems) }
  }
}

/// Collects problems, so that all of them are told at once; what it gives for a wrong value is never
/// seen, because the variables are then refused.
private struct Reading {
  let given: [String: String]
  private(set) var problems: [TOTVSVariableProblem] = []

  init(given: [String: String]) { self.given = given }

  func value(_ variable: TOTVSVariable) -> String? {
    given[variable.rawValue]?.nonBlank ?? variable.standard
  }

  mutating func id(_ variable: TOTVSVariable) -> Identifier {
    if let id = value(variable).flatMap({ Identifier($0) }) { return id }
    report(
      variable,
      "totvs_variable_malformed",
      "\(variable.rawValue) has to be the id of \(variable.words), a UUID such as "
        + "\(variable.standard ?? "")."
    )
    return Identifier(high: 0, low: 0)
  }

  mutating func user(_ variable: TOTVSVariable) -> String {
    guard let text = value(variable) else {
      report(
        variable,
        "totvs_variable_missing",
        "\(variable.rawValue) is missing; it is the e-mail address of a user of TOTVS CRM who gets "
          + "the leads that nobody else is responsible for."
      )
      return ""
    }
    if EmailAddress(text) == nil {
      report(
        variable,
        "totvs_variable_malformed",
        "\(variable.rawValue) has to be the e-mail address of a user of TOTVS CRM."
      )
    }
    return text
  }

  mutating func personType(_ variable: TOTVSVariable) -> TOTVSVariables.PersonType? {
    guard let text = value(variable) else { return nil }
    if let type = TOTVSVariables.PersonType(rawValue: text.lowercased()) { return type }
    report(
      variable,
      "totvs_variable_malformed",
      "\(variable.rawValue) has to be pf (every lead is an individual) or pj (every lead is a "
        + "company); without it the company name decides."
    )
    return nil
  }

  mutating func reportUnknownNames() {
    for name in given.keys.sorted() where TOTVSVariable(rawValue: name) == nil {
      let hint = TOTVSVariable.nearest(to: name).map { "; did you mean \($0.rawValue)?" } ?? "."
      problems.append(
        TOTVSVariableProblem(
          name,
          "totvs_variable_unknown",
          "TOTVS CRM has no variable “\(name)”\(hint)"
        )
      )
    }
  }

  private mutating func report(_ variable: TOTVSVariable, _ code: String, _ sentence: String) {
    problems.append(TOTVSVariableProblem(variable.rawValue, code, sentence))
  }
}
