import StrictJSON

/// What `webservice.php` answers: a result, or why there is none.
enum DataCRMAnswer: Sendable, Hashable {
  case result(JSON)
  case failure(DataCRMFault)

  /// Nil for what is no answer of DataCRM, such as a page of HTML.
  ///
  /// Warnings of PHP may stand in front of an answer that is good.
  init?(parsing bytes: [UInt8]) {
    let start = Self.start(of: bytes)
    do throws(JSONError) {
      let json = try JSON(parsing: Array(bytes[start...]))
      switch json["success"]?.bool {
      case true:
        guard let result = json["result"] else { return nil }
        self = .result(result)
      case false:
        guard let fault = json["error"].flatMap({ DataCRMFault($0) }) else { return nil }
        self = .failure(fault)
      case nil: return nil
      }
    } catch {
      // The one who reads it as no answer says so.
      return nil
    }
  }

  var result: JSON? {
    guard case .result(let json) = self else { return nil }
    return json
  }

  private static func start(of bytes: [UInt8]) -> Int {
    guard bytes.first != UInt8(ascii: "{") else { return 0 }
    return bytes.firstRange(of: Array(#"{"success":"#.utf8))?.lowerBound ?? 0
  }
}
