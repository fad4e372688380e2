import Belt
package import Leads

extension TOTVSVariables {
  /// Every variable that names something which the tenant does not have (B080, B082); empty when the
  /// integration can run.
  package func problems(in tenant: TOTVSTenant) -> [TOTVSVariableProblem] {
    var problems = rowProblems(in: tenant) + placeProblems(in: tenant)
    do {
      _ = try defaultUser(in: tenant)
    } catch {
      problems.append(error)
    }
    return problems
  }

  /// The user who gets what nobody else is responsible for.
  func defaultUser(in tenant: TOTVSTenant) throws(TOTVSVariableProblem) -> TOTVSTenant.User {
    let name = TOTVSVariable.defaultUser.rawValue
    guard let user = tenant.user(defaultUser) else {
      throw TOTVSVariableProblem(
        name,
        "totvs_variable_not_in_tenant",
        "\(name) names a user whom the tenant does not have."
      )
    }
    guard user.isActive else {
      throw TOTVSVariableProblem(
        name,
        "totvs_default_user_inactive",
        "The user of \(name) is not active in TOTVS CRM, so no lead can be inserted."
      )
    }
    guard user.hasRole else {
      throw TOTVSVariableProblem(
        name,
        "totvs_default_user_without_role",
        "The user of \(name) holds no role in TOTVS CRM, so no lead can be inserted."
      )
    }
    return user
  }

  private func rowProblems(in tenant: TOTVSTenant) -> [TOTVSVariableProblem] {
    let rows: [(TOTVSVariable, Identifier, TOTVSTenant.Table)] = [
      (.leadSituation, leadSituation, .leadSituations),
      (.leadOrigin, leadOrigin, .leadOrigins),
      (.emailType, emailType, .emailTypes),
      (.mainPhoneType, mainPhoneType, .phoneTypes),
      (.mobilePhoneType, mobilePhoneType, .phoneTypes),
      (.addressType, addressType, .addressTypes),
      (.individual, individual, .personTypes),
      (.company, company, .personTypes),
    ]
    return rows.compactMap { variable, id, table in
      let entries = tenant.tables[table] ?? []
      guard !entries.contains(where: { $0.id == id }) else { return nil }
      return TOTVSVariableProblem(
        missing: variable,
        "\(id)",
        among: entries.map { "“\($0.description)” (\($0.id))" }
      )
    }
  }

  private func placeProblems(in tenant: TOTVSTenant) -> [TOTVSVariableProblem] {
    var problems: [TOTVSVariableProblem] = []
    let found = tenant.pipeline(pipeline)
    if found == nil { problems.append(.init(missing: .pipeline, pipeline, in: tenant.pipelines)) }
    // Without its pipeline a stage is sought in all of them, so that both faults are told at once.
    let places = found.map { [$0] } ?? tenant.pipelines
    if !places.contains(where: { $0.stage(stage) != nil }) {
      problems.append(.init(missing: .stage, stage, in: places.flatMap(\.stages)))
    }
    if tenant.opportunityType(opportunityType) == nil {
      problems.append(
        .init(missing: .opportunityType, opportunityType, in: tenant.opportunityTypes)
      )
    }
    return problems
  }
}

extension TOTVSVariableProblem {
  /// A description that the tenant does not have.
  init(missing variable: TOTVSVariable, _ description: String, in entries: [some TOTVSDescribed]) {
    self.init(
      missing: variable,
      "“\(description)”",
      among: entries.map { "“\($0.description)”" }
    )
  }

  fileprivate init(missing variable: TOTVSVariable, _ value: String, among names: [String]) {
    let more = names.count > 8 ? " and \(names.count - 8) more" : ""
    let known =
      names.isEmpty ? "has none" : "has \(names.prefix(8).joined(separator: ", "))\(more)"
    self.init(
      variable.rawValue,
      "totvs_variable_not_in_tenant",
      "\(variable.rawValue) names \(variable.words) that the tenant does not have, \(value); "
        + "it \(known)."
    )
  }
}
