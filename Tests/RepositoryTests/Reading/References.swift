/// Numbers by which code names what stands in `deploy/docs/reference`.
enum References {
  /// Resolutions as `R07`, sections as `rd-station-marketing.md 3.1`.
  static func named(in text: String) -> Set<String> {
    let resolutions = text.matches(of: /\bR\d\d\b/).map { String($0.0) }
    let lists = text.matches(of: /([a-z][a-z-]*\.md)[\s\/]+(\d[\d.]*(?:, \d[\d.]*)*)/)
    let sections = lists.flatMap { list in
      list.2.split(separator: ", ").map { number in
        "\(list.1) \(number.hasSuffix(".") ? number.dropLast() : number)"
      }
    }
    return Set(resolutions + sections)
  }

  /// What a page explains: the first column of its tables, and its numbered headings.
  static func written(in text: String, of page: String) -> Set<String> {
    let rows = text.matches(of: /(?m)^\| (R\d\d) \|/).map { String($0.1) }
    let headings = text.matches(of: #/(?m)^#+ (\d[\d.]*) /#).map { "\(page) \($0.1)" }
    return Set(rows + headings)
  }
}
