import Testing

@testable import RDStationCRM

struct ErrorBodyTests {
  @Test(
    arguments: [
      (#"{"error":"forbidden"}"#, "forbidden", nil),
      (#"{"error":"Permission denied."}"#, nil, nil),
      (
        #"{"errors":{"error_type":"RESOURCE_NOT_FOUND","error_message":"Lead not found."}}"#,
        "RESOURCE_NOT_FOUND", nil
      ),
      (
        #"{"errors":{"name":[{"error_type":"MUST_BE_STRING","error_message":"Name must be string."}]}}"#,
        "MUST_BE_STRING", "name"
      ),
      (#"{"errors":{"subject":["Assunto está muito curto."]}}"#, "INVALID", "subject"),
      (
        #"{"errors":"Could not find a custom field that matches: {:custom_field_id=>\"66a0\"}"}"#,
        "NO_SUCH_FIELD", nil
      ),
      (
        #"{"errors":[{"error_type":"ACCESS_DENIED","error_message":"x","feature":"segments"}]}"#,
        "ACCESS_DENIED", "segments"
      ),
      (#"{"errors":[{"detail":"Nome Empresa já cadastrada."}]}"#, "NAME_TAKEN", nil),
      (#"{"detail":"Nome Empresa já cadastrada."}"#, "NAME_TAKEN", nil),
      (#"{"errors":[{"detail":"invalid_token"}]}"#, "invalid_token", nil),
      ("<html><p>Estamos com problemas</p></html>", nil, nil), ("", nil, nil),
    ] as [(String, String?, String?)]
  )
  func `each shape of a refusal is read, and only words of the vendor's are kept`(
    body: String,
    type: String?,
    path: String?
  ) {
    let read = RDCRMErrorBody(parsing: Array(body.utf8))
    #expect(read.type == type)
    #expect(read.path == path)
  }

  @Test(arguments: [
    #"{"errors":{"deal_required_custom_fields":["CNPJ não pode ficar em branco"]}}"#,
    #"{"errors":{"deal_custom_fields":["segmento não está incluído na lista"]}}"#,
    #"{"errors":"Could not find a custom field that matches: {:custom_field_id=>\"66a0\"}"}"#,
    #"{"errors":[{"detail":"Custom field cidade not found."}]}"#,
  ])
  func `what an administrator has to change is told apart from what the record has wrong`(
    body: String
  ) {
    #expect(RDCRMErrorBody(parsing: Array(body.utf8)).isOfSettings)
  }
}
