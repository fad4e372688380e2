package import Leads

/// What an integration's settings say of its TOTVS CRM.
package struct TOTVSPreferences: Sendable, Hashable {
  package let variables: TOTVSVariables
  /// The opportunity's custom field that holds the tags, of which TOTVS CRM has none of its own; nil keeps
  /// tags out of it.
  package let tagField: String?

  package init(variables: TOTVSVariables, tagField: String? = nil) {
    self.variables = variables
    self.tagField = tagField
  }

  /// - Throws: ``CRMError`` of code `configuration` that names every wrong variable.
  package init(_ settings: Settings) throws(CRMError) {
    do throws(TOTVSVariablesError) {
      var given = settings.variables
      if let user = settings.catalogue.defaultUser {
        given[TOTVSVariable.defaultUser.rawValue] =
          given[TOTVSVariable.defaultUser.rawValue] ?? user
      }
      self.init(variables: try TOTVSVariables(given), tagField: settings.tagField)
    } catch {
      throw CRMError(.configuration, error.reason)
    }
  }
}
