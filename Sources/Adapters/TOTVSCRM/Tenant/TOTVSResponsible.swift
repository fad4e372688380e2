package import Belt
package import Leads

/// The user of TOTVS CRM who gets a lead and its opportunity.
package struct TOTVSResponsible: Sendable, Hashable {
  package let id: Identifier

  /// Finds the wanted user by e-mail address (B078), else takes the default user (B079); a user who is
  /// not active or holds no role counts as not found (totvs-crm.md 7, step 4).
  ///
  /// - Throws: ``CRMError`` of code `configuration` when the default user is needed and cannot be given a
  ///   lead (B080).
  package init(_ email: String?, in tenant: TOTVSTenant, variables: TOTVSVariables)
    throws(CRMError)
  {
    if let wanted = email.flatMap({ tenant.user($0) }), wanted.isActive, wanted.hasRole {
      id = wanted.id
      return
    }
    do throws(TOTVSVariableProblem) {
      id = try variables.defaultUser(in: tenant).id
    } catch {
      throw error.error
    }
  }
}
