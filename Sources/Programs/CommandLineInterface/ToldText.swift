import Operations

/// What the outside was told of a journey, in words for people.
enum ToldText {
  static func sentences(on journey: LeadJourney) -> [String] {
    var sentences: [String] = []
    if !journey.told.isEmpty {
      sentences.append("RD Station was told: \(unique(journey.told).joined(separator: ", ")).")
    }
    sentences += journey.unsettled.map { sentence($0, why: why($0.reason, journey)) }
    let isAboutRD = journey.unsettled.contains { $0.kind.hasPrefix("rd.") }
    if journey.opportunity != nil, journey.told.isEmpty, !isAboutRD {
      sentences.append(silence(on: journey))
    }
    return sentences
  }

  /// The same is often told with each event of a lead.
  private static func unique(_ words: [String]) -> [String] {
    var seen: [String: Int] = [:]
    for word in words { seen[word, default: 0] += 1 }
    var order: Set<String> = []
    return words.filter { order.insert($0).inserted }.map { word in
      let times = seen[word] ?? 1
      return times > 1 ? "\(word) (\(times) times)" : word
    }
  }

  private static func sentence(_ call: LeadJourney.Unsettled, why: String) -> String {
    guard call.kind.hasPrefix("rd.") else {
      return switch call.state {
      case "failed": "The CRM did not make the opportunity.\(why)"
      case "parked":
        "Nobody can tell from here whether the CRM made the opportunity; look for it there.\(why)"
      default: "It is not known yet whether the CRM made the opportunity.\(why)"
      }
    }
    let what = call.what ?? "the event"
    return switch call.state {
    case "failed": "RD Station was not told: \(what).\(why)"
    case "sent": "RD Station is being told: \(what); it has not answered yet.\(why)"
    case "parked":
      "Nobody can tell from here whether RD Station was told: \(what); look at the lead there.\(why)"
    default: "It is not known yet whether RD Station was told: \(what); it is looked for.\(why)"
    }
  }

  /// The sentence that the journey has for a code.
  private static func why(_ code: String?, _ journey: LeadJourney) -> String {
    guard let code else { return "" }
    let sentence = journey.lines.last { $0.code == code }?.sentence
    return " Why: \(sentence ?? "\(code).")"
  }

  private static func silence(on journey: LeadJourney) -> String {
    let updater = "rd-updater"
    if let line = journey.lines.last(where: { $0.stage == updater }) {
      return "RD Station was told nothing. Why: \(line.sentence)"
    }
    if journey.onItsWay.contains(updater) { return "RD Station was told nothing yet." }
    return "RD Station was told nothing."
  }
}
