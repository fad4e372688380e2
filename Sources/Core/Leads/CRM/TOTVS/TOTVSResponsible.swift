package import Belt

/// The user of TOTVS CRM who gets a lead and its opportunity.
package struct TOTVSResponsible: Sendable, Hashable {
  package let id: Identifier
  /// Why it is the default user, for the journey; nil when it is who was wanted.
  package let warning: String?

  /// Finds the wanted user by e-mail address (B078), else takes the default user (B079); a user who is
  /// not active or holds no role counts as not found (totvs-crm.md 7, step 4).
  ///
  /// - Throws: ``TOTVSVariableProblem`` when the default user is needed and cannot be given a lead
  ///   (B080).
  package init(_ email: String?, in tenant: TOTVSTenant, variables: TOTVSVariables)
    throws(TOTVSVariableProblem)
  {
    let wanted = email.flatMap { tenant.user($0) }
    if let wanted, wanted.isActive, wanted.hasRole {
      id = wanted.id
      warning = nil
      return
    }
    id = try variables.defaultUser(in: tenant).id
    let cause =
      switch wanted {
      case .some(let user) where user.isActive: "holds no role in TOTVS CRM"
      case .some: "is not active in TOTVS CRM"
      case nil: email?.nonBlank == nil ? "is not named" : "is no user of TOTVS CRM"
      }
    warning = "The responsible user \(cause), so the default user gets the lead."
  }
}
