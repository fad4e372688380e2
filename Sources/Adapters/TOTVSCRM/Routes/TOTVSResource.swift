/// What the one endpoint of TOTVS CRM is asked for, by the headers that tell it (totvs-crm.md 3.2).
///
/// Only `customers` and the services' names are documented, the others follow that pattern: this table is
/// the one place to correct.
package struct TOTVSResource: Sendable, Hashable {
  package let service: String
  package let resource: String
  package let version: String

  private init(_ service: String, _ resource: String, _ version: String = "v1") {
    self.service = service
    self.resource = "\(resource)-integration"
    self.version = version
  }

  package static let leads = Self("customer", "leads")
  package static let opportunities = Self("opportunity", "opportunities")
  package static let pipelines = Self("opportunity", "pipelines")
  package static let stages = Self("opportunity", "stages")
  package static let opportunityTypes = Self("opportunity", "opportunity-types")
  package static let opportunityFields = Self("opportunity", "custom-fields")
  package static let leadFields = Self("customer", "custom-fields")
  package static let users = Self("user", "users")
  package static let leadSituations = Self("customer", "lead-situations")
  package static let leadOrigins = Self("customer", "lead-origins")
  package static let emailTypes = Self("customer", "email-types")
  package static let phoneTypes = Self("customer", "phone-types")
  package static let addressTypes = Self("customer", "address-types")
  package static let personTypes = Self("customer", "customer-person-types")

  /// All of them, for those that compare them with something.
  package static let all = [
    leads, opportunities, pipelines, stages, opportunityTypes, opportunityFields,
    leadFields, users, leadSituations, leadOrigins, emailTypes, phoneTypes, addressTypes,
    personTypes,
  ]
}
