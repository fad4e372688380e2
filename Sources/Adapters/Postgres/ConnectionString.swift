private import CPostgres

/// The parameters of a session: what the operator's connection string says, and our defaults for
/// what it leaves open.
struct ConnectionString {
  private(set) var parameters: [(keyword: String, value: String)] = []

  /// - Throws: `.connect`; libpq's own words are left out, since they quote the string and with it
  ///   perhaps the password.
  init(_ options: PostgresOptions) throws(PostgresError) {
    let given = try Self.parse(options.url)
    var parameters: [String: String] = [
      "application_name": options.applicationName,
      "target_session_attrs": "read-write",
      "keepalives_idle": "30",
      "keepalives_interval": "10",
      "keepalives_count": "3",
      "tcp_user_timeout": "20000",
      // Looking for Kerberos tickets costs memory and time at each connect.
      "gssencmode": "disable",
    ]
    parameters.merge(given) { _, given in given }
    parameters["client_encoding"] = "UTF8"
    self.parameters = parameters.map { ($0.key, $0.value) }
  }

  /// Calls the body with the two arrays that libpq takes, each ended by nil.
  func withParameters<Result>(
    _ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<UnsafePointer<CChar>?>) -> Result
  ) -> Result {
    var text: [CChar] = []
    var offsets: [(keyword: Int, value: Int)] = []
    for (keyword, value) in parameters {
      offsets.append((text.count, text.count + keyword.utf8.count + 1))
      text.append(contentsOf: keyword.utf8.map { CChar(bitPattern: $0) } + [0])
      text.append(contentsOf: value.utf8.map { CChar(bitPattern: $0) } + [0])
    }
    return text.withUnsafeBufferPointer { text in
      let keywords = offsets.map { text.baseAddress?.advanced(by: $0.keyword) } + [nil]
      let values = offsets.map { text.baseAddress?.advanced(by: $0.value) } + [nil]
      return keywords.withUnsafeBufferPointer { keywords in
        values.withUnsafeBufferPointer { values in
          guard let keywords = keywords.baseAddress, let values = values.baseAddress else {
            preconditionFailure("an array with a last nil has an address")
          }
          return body(keywords, values)
        }
      }
    }
  }

  private static func parse(_ url: String) throws(PostgresError) -> [String: String] {
    // What follows a zero byte would be ignored.
    guard !url.utf8.contains(0), let parsed = PQconninfoParse(url, nil) else {
      throw .connect("the connection string is not valid")
    }
    defer { PQconninfoFree(parsed) }
    var parameters: [String: String] = [:]
    var option = parsed
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val {
        parameters[String(cString: keyword)] = String(cString: value)
      }
      option += 1
    }
    return parameters
  }
}
