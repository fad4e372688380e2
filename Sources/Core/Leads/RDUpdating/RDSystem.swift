package import Belt

extension OutsideSystem {
  package static let rdStation = OutsideSystem(name: "RD Station", code: "rd")
}
